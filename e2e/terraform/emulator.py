"""The emulator and the Firehose of a sandbox, by themselves: what terraform needs, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from e2e.waiting import eventually
from sandbox import ports
from sandbox.install import network, parts
from sandbox.install.locking import installation_lock
from sandbox.instance import Home, Instance
from sandbox.services.aws import Aws
from sandbox.services.base import NotReadyError, Service
from sandbox.services.firehose import Firehose
from sandbox.settings import REGION
from sandbox.terminal import Terminal
from sandbox.terraform import LocalTarget, TerraformRun

_REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: What no definitions do without.
_NEEDED = ("backend.tf", "providers.tf", "variables.tf")
_MORE = Path(__file__).parent / "more.tf"


@dataclass
class Emulator:
    """A running MiniStack with our Firehose beside it.

    Attributes:
        instance: Where both keep their state, and terraform its own.
        aws: MiniStack.
        firehose: Firehose.
        files: The files of `terraform/` that are wanted, besides those that every one needs; all, and more, when empty.
        notices: What runs of terraform told the user.
    """

    instance: Instance
    aws: Aws
    firehose: Firehose
    files: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    def terraform(
        self,
        listen: Callable[[dict[str, Any]], None] = lambda _message: None,
        *,
        aws: str = "",
        name: str = "embedded",
        definitions: Path | None = None,
    ) -> TerraformRun:
        """Terraform with the sandbox's own provider, on all types that it can apply.

        Args:
            listen: Called with each message of terraform's.
            aws: Another address of the emulator.
            name: Whose state: each name has one of its own.
            definitions: Others than `definitions`.
        """
        target = LocalTarget(
            name,
            aws_endpoint=aws or self.aws.endpoint,
            firehose_endpoint=self.firehose.endpoint,
            variables=(("alarms_enabled", True),),
        )
        return TerraformRun(
            target,
            state=self.instance.root / "terraform",
            tools=self.instance.home.tools,
            definitions=definitions or self.definitions,
            notice=self.notices.append,
            listen=listen,
            choice="own",
        )

    @property
    def definitions(self) -> Path:
        """A copy of `terraform/` with what the tests add, or of a part of it."""
        folder = self.instance.root / "definitions" / "terraform"
        if not folder.exists():
            shutil.copytree(_REPOSITORY / "terraform", folder)
            shutil.copy(_MORE, folder)
            for path in folder.glob("*.tf") if self.files else ():
                if path.name not in (*self.files, *_NEEDED):
                    path.unlink()
        return folder

    def boto3(self, service: str) -> Any:
        """A client of the tests' own."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,  # type: ignore[call-overload]  # the stubs want a literal
                endpoint_url=self.firehose.endpoint if service == "firehose" else self.aws.endpoint,
                region_name=REGION,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, read_timeout=30),
            )
        return self._clients[service]


def _home() -> Home:
    """The home of this checkout, with the emulator installed."""
    home = Home.from_environment()
    [part] = [part for part in parts.parts(home, with_java=False) if part.name == "ministack"]
    terminal = Terminal(to_stderr=True)
    with installation_lock(home.root, terminal.say):
        if not part.is_installed:
            parts.install([part], network.for_this_process(parts.python_with_pip(home)), terminal)
    return home


@contextmanager
def running(name: str, files: tuple[str, ...] = ()) -> Iterator[Emulator]:
    """Start both on free ports; afterwards nothing of them is left.

    Args:
        name: The instance.
        files: See Emulator.
    """
    instance = _home().instance(name)
    instance.create()
    defaults = {service.name: service.default_port for service in (Aws, Firehose)} | {"opensearch": 9200}
    taken = ports.allocate(defaults, asked={}, remembered={}, owner=str(instance.root))
    aws, firehose = Aws(instance, taken), Firehose(instance, taken)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        # One after the other: what was started is in the list when the next one fails.
        processes.extend(_start(service) for service in (aws, firehose))
        for service in (aws, firehose):
            eventually(partial(_ready, service), f"{service.name} ready")
        yield Emulator(instance, aws, firehose, files)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        shutil.rmtree(instance.root)


def _start(service: Service) -> subprocess.Popen[bytes]:
    program = service.program()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with service.log.open("ab") as log:
        return subprocess.Popen(
            program.argv,
            env={**inherited, **program.environment},
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _ready(service: Service) -> bool:
    try:
        service.probe()
    except NotReadyError:
        return False
    return True
