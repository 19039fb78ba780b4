"""Starts and stops a Docker engine on a Linux machine that has none; an engine of the user's is never touched.

Where systemd runs, it starts the engine that the package brought. Elsewhere (a container, a build machine) dockerd runs
on its own: on its Unix socket alone, publishing ports on loopback unless told otherwise.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from sandbox.engine import capabilities, client, packages
from sandbox.errors import PrerequisiteError, SandboxError
from sandbox.instance import REPOSITORY
from sandbox.ports import LOOPBACK
from sandbox.terminal import Terminal

#: Root's own, since the engine belongs to the machine and outlives a checkout.
_FOLDER = Path("/var/lib/cali-engine")
_RUNTIME = REPOSITORY / "images" / "engine" / "runc-without-sys-resource"
_RUNTIME_NAME = "without-sys-resource"
_SYSTEMD = Path("/run/systemd/system")
_USUAL_MTU = 1500
_START_S = 60
_STOP_S = 30

#: Network interfaces that an engine makes itself.
_OWN_INTERFACES = ("lo", "docker", "br-", "veth", "cni")


class EngineStartError(SandboxError):
    """The engine did not start.

    Attributes:
        log: What it wrote.
    """

    def __init__(self, reason: str, log: Path) -> None:
        super().__init__(f"the Docker engine did not start: {reason}", hint=f"see {log}")
        self.log = log


class EngineStopError(SandboxError):
    """The engine does not end.

    Attributes:
        pid: Its process.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(f"the Docker engine (pid {pid}) does not end", hint=f"see {_FOLDER / 'dockerd.log'}")
        self.pid = pid


@dataclass(frozen=True)
class Started:
    """An engine that was started here.

    Attributes:
        pid: Its process.
        created: When that began, so that a process which took over the number is not mistaken for it.
    """

    pid: int
    created: float

    @classmethod
    def read(cls) -> Started | None:
        """The one that runs; None when none of ours does."""
        try:
            found = cls(**json.loads((_FOLDER / "engine.json").read_text()))
            return found if psutil.Process(found.pid).create_time() == found.created else None
        except (OSError, ValueError, TypeError, psutil.Error):
            return None

    def write(self) -> None:
        """Remember it."""
        (_FOLDER / "engine.json").write_text(json.dumps(asdict(self)))


def start(terminal: Terminal) -> bool:
    """Have an engine; returns whether one had to be started.

    Raises:
        PrerequisiteError: This is no Linux, or needs root.
        EngineStartError: It was started and does not answer.
    """
    missing = packages.missing() if sys.platform == "linux" else []
    if client.answers():
        if "mmdebstrap" in missing and os.geteuid() == 0 and shutil.which("apt-get"):
            _install(["mmdebstrap"], terminal)  # The engine may be the user's; what unpacks base images is not in it.
        return False
    if sys.platform != "linux":
        raise PrerequisiteError("no Docker engine answers", hint="start Docker Desktop, colima or another engine")
    if os.geteuid() != 0:
        raise PrerequisiteError("only root may start a Docker engine", hint="sudo bin/sandbox engine start")
    if missing:
        _install(missing, terminal)
    with terminal.stage("starting the Docker engine"):
        if _SYSTEMD.is_dir():
            subprocess.run(["systemctl", "start", "docker"], check=False)
            _wait(Path("journalctl -u docker"), None)
        else:
            _start_alone()
    return True


def stop(terminal: Terminal) -> bool:
    """Stop the engine that `start` started by itself; returns whether there was one.

    Raises:
        PrerequisiteError: It is root's.
        EngineStopError: It does not end.
    """
    found = Started.read()
    if found is None:
        return False
    if os.geteuid() != 0:
        raise PrerequisiteError("only root may stop the Docker engine", hint="sudo bin/sandbox engine stop")
    with terminal.stage("stopping the Docker engine"):
        process = psutil.Process(found.pid)
        process.terminate()
        try:
            process.wait(_STOP_S)
        except psutil.TimeoutExpired as error:
            raise EngineStopError(found.pid) from error
    (_FOLDER / "engine.json").unlink()
    return True


def _install(names: list[str], terminal: Terminal) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with terminal.stage(f"installing {', '.join(names)}") as show:
        packages.install(names, _FOLDER / "packages.log", show)


def _start_alone() -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    log = _FOLDER / "dockerd.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command(),
            env={**os.environ, "PATH": packages.SYSTEM_PATH},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    Started(process.pid, psutil.Process(process.pid).create_time()).write()
    _wait(log, process)


def command() -> list[str]:
    """Dockerd on its Unix socket, with the machine's own packet size, and the runtime this machine needs."""
    words = ["dockerd", "--host", "unix:///var/run/docker.sock", "--ip", LOOPBACK, "--mtu", str(mtu())]
    if not capabilities.may_have(capabilities.SYS_RESOURCE):
        runtime = _FOLDER / _RUNTIME.name
        shutil.copy(_RUNTIME, runtime)  # A checkout may go; the engine stays.
        words += ["--add-runtime", f"{_RUNTIME_NAME}={runtime}", "--default-runtime", _RUNTIME_NAME]
    return words


def mtu() -> int:
    """The smallest packet size of the machine's own networks: a tunnel drops what is larger."""
    found = [
        state.mtu
        for name, state in psutil.net_if_stats().items()
        if state.isup and state.mtu > 0 and not name.startswith(_OWN_INTERFACES)
    ]
    return min([*found, _USUAL_MTU])


def _wait(log: Path, process: subprocess.Popen[bytes] | None) -> None:
    @retry(
        retry=retry_if_exception_type(client.EngineMissingError),
        stop=stop_after_delay(_START_S),
        wait=wait_fixed(0.3),
        reraise=True,
    )
    def ask() -> None:
        if process is not None and process.poll() is not None:
            lines = log.read_text().splitlines()
            raise EngineStartError(lines[-1] if lines else f"exit code {process.returncode}", log)
        client.connect().close()

    try:
        ask()
    except client.EngineMissingError as error:
        raise EngineStartError(f"no answer in {_START_S} s", log) from error
