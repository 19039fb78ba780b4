"""Terraform on one target: plan, apply, destroy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.instance import REPOSITORY
from sandbox.terraform import backend, command, holder, provider, shadow
from sandbox.terraform.command import Binary, Result
from sandbox.terraform.errors import DefinitionFaultError, StateLockedError, TerraformError
from sandbox.terraform.target import LocalTarget
from sandbox.tfprovider.engine import ADOPT

_BACKEND_FILE = "backend.tfbackend"
_INITIALIZED = "initialized"


@dataclass(frozen=True)
class Summary:
    """What a plan would do.

    Attributes:
        add, change, remove: Numbers of resources.
        addresses: What would happen to which resource, such as `update aws_s3_bucket.logs`.
    """

    add: int
    change: int
    remove: int
    addresses: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether everything is as defined."""
        return not (self.add or self.change or self.remove)


def _ignore(_text: str) -> None:
    """Notices go nowhere unless somebody asks for them."""


class TerraformRun:
    """Runs terraform for one target, in folders of its own.

    Args:
        target: Where the resources are made.
        state: A folder of the instance: working directory, terraform's data, logs.
        tools: A folder that all instances share: the provider.
        definitions: `terraform/` of the checkout.
        notice: Called with one line whenever something happens that the user should know.
        progress: Called with each resource's address when it is done.
    """

    def __init__(  # noqa: PLR0913 - all but the first three have defaults
        self,
        target: LocalTarget,
        *,
        state: Path,
        tools: Path,
        definitions: Path = REPOSITORY / "terraform",
        notice: Callable[[str], None] = _ignore,
        progress: Callable[[str], None] = _ignore,
    ) -> None:
        self.target = target
        self.definitions = definitions
        self.root = state / target.name
        self.work = self.root / "work"
        self.data = self.root / "data"
        self.log = self.root / "terraform.log"
        self.tools = tools
        self.notice = notice
        self.progress = progress
        self._origins: dict[str, Path] = {}
        self._environment: dict[str, str] = {}
        self._binary: Binary | None = None
        self._provider: provider.Provider | None = None

    @property
    def nature(self) -> str:
        """What stands behind the AWS provider: `real` or `own`; known once something ran."""
        return self._provider.source if self._provider else ""

    def apply(self) -> dict[str, Any]:
        """Make everything as it is defined; returns the outputs."""
        result = self._locked("apply", "-auto-approve")
        outputs = result.last("outputs").get("outputs") or {}
        return {name: entry.get("value") for name, entry in outputs.items()}

    def plan(self) -> Summary:
        """What `apply` would do."""
        result = self._locked("plan")
        changes = result.last("change_summary").get("changes") or {}
        planned = [message["change"] for message in result.messages if message.get("type") == "planned_change"]
        addresses = tuple(
            f"{change['action']} {change['resource']['addr']}" for change in planned if change["action"] != "read"
        )
        return Summary(changes.get("add", 0), changes.get("change", 0), changes.get("remove", 0), addresses)

    def destroy(self) -> None:
        """Remove everything that is defined."""
        if self._unfinished.exists():
            self.apply()  # takes over what a killed run made but did not note, so that it can be removed
        self._locked("apply", "-destroy", "-auto-approve")

    def _locked(self, *arguments: str) -> Result:
        self._binary = Binary.find()
        with holder.held(self.root / "lock", self.target.name, self.notice) as descriptor:
            self._prepare(descriptor)
            if arguments[0] == "apply":
                self._unfinished.touch()
            result = self._call([*arguments, "-input=false"], descriptor)
            if result.lock:
                self._break_lock(result, descriptor)
                result = self._call([*arguments, "-input=false"], descriptor)
            if arguments[0] == "apply" and result.code >= 0:
                self._unfinished.unlink(missing_ok=True)  # it ended by itself, so it has written its state
            self._check(arguments[0], result)
            return result

    @property
    def _unfinished(self) -> Path:
        """There while an apply runs: found at the start of the next one, the last one was killed."""
        return self.root / "unfinished"

    def _prepare(self, descriptor: int) -> None:
        """Lay out the working directory, make the state's store, and `terraform init` unless nothing changed."""
        binary = self._binary or Binary.find()
        self._provider = provider.provide(self.tools, binary.platform)
        self._origins = shadow.lay_out(
            self.work,
            self.definitions,
            self.target.override,
            self.target.values,
            self.target.settings,
            keep_lock=self._provider.source == "real",
        )
        # An emulator holds nothing but ours, and can lose the state without losing the resources, or a part of them.
        self._environment = command.environment(self.data, {**self._provider.environment, ADOPT: "1"})
        configuration = backend.configure(self.definitions, self.target)
        backend.bootstrap(configuration, self.target)
        path = self.root / _BACKEND_FILE
        path.write_text(configuration)
        mark = self.root / _INITIALIZED
        digest = self._digest(configuration, binary)
        if mark.exists() and mark.read_text() == digest and (self.data / "providers").is_dir():
            return
        mark.unlink(missing_ok=True)
        # -reconfigure: an emulator on another port is another backend to terraform, and there is nothing to migrate.
        result = self._call(["init", "-reconfigure", "-input=false", f"-backend-config={path}"], descriptor)
        self._check("init", result)
        mark.write_text(digest)

    def _digest(self, configuration: str, binary: Binary) -> str:
        """Of all that `init` depends on."""
        source = self._provider.source if self._provider else ""
        parts = [configuration, binary.version, source]
        parts += [
            (self.work / name).read_text()
            for name in sorted(self._origins)
            if name.startswith(("providers", "backend"))
        ]
        if self._provider:
            parts.append(self._provider.cli_config.read_text())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _call(self, arguments: list[str], descriptor: int) -> Result:
        binary = self._binary or Binary.find()
        verb, *options = arguments
        return command.run(
            [binary.path, verb, "-json", *options],
            work=self.work,
            environment=self._environment,
            inherit=descriptor,
            origins=self._origins,
            log=self.log,
            listen=self._listen,
        )

    def _listen(self, message: dict[str, Any]) -> None:
        if message.get("type") == "apply_complete":
            self.progress(str(message["hook"]["resource"]["addr"]))

    def _break_lock(self, result: Result, descriptor: int) -> None:
        """Break the state's lock: this process holds the file lock, so whoever took the state's is dead."""
        others = holder.others_in(self.work)
        if others:
            raise StateLockedError(self.target.name, f"terraform, pid {others[0]}")
        self.notice(
            f"a run of terraform that died held the state's lock ({result.lock_holder or 'unknown'}); it is broken now"
        )
        binary = self._binary or Binary.find()
        # force-unlock has no -json: its plain text is kept in the log, and the second run shows whether it worked.
        command.run(
            [binary.path, "force-unlock", "-force", result.lock],
            work=self.work,
            environment=self._environment,
            inherit=descriptor,
            origins=self._origins,
            log=self.log,
        )

    def _check(self, verb: str, result: Result) -> None:
        if result.code == 0:
            return
        errors = result.errors or [self._last_words(result)]
        if result.in_definitions:
            raise DefinitionFaultError(verb, errors)
        hint = f"the whole output is in {self.log}"
        if verb == "init" and self.nature == "real":
            hint = f"{provider.VARIABLE}=own uses the sandbox's own provider; {hint}"
        raise TerraformError(verb, errors, hint=hint)

    def _last_words(self, result: Result) -> str:
        said = [str(message.get("@message", "")) for message in result.messages if message.get("@message")]
        return said[-1] if said else f"exit code {result.code}"


def outputs_as_text(outputs: dict[str, Any]) -> dict[str, str]:
    """Outputs as the instance remembers them: text, JSON for what is not."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in outputs.items()}
