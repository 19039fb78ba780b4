"""The folders that terraform works in for one target: laid out, initialized, and what is called there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.terraform import command, diagnostics, provider, shadow
from sandbox.terraform.command import Binary
from sandbox.terraform.diagnostics import Result
from sandbox.terraform.errors import DefinitionFaultError, TerraformError
from sandbox.terraform.target import Target
from sandbox.tfprovider.engine import ADOPT

_BACKEND_FILE = "backend.tfbackend"
_INITIALIZED = "initialized"
#: Where terraform keeps a state that it could not write.
_SAVED = "errored.tfstate"
_NO_BUCKET = re.compile(r"NoSuchBucket|bucket .*does not exist", re.IGNORECASE)


class Workspace:
    """Working directory, data directory and log of one target.

    Args:
        target: The target.
        root: The folder that holds them all.
        tools: Where the provider is kept.
        definitions: `terraform/` of the checkout.
        listen: Called with each message of terraform's.
        choice: Which provider; what CALI_TF_PROVIDER says, by default.
        variables: What provider processes find in their environment besides.
    """

    def __init__(  # noqa: PLR0913 - each is a property of the folder
        self,
        target: Target,
        *,
        root: Path,
        tools: Path,
        definitions: Path,
        listen: Callable[[dict[str, Any]], None],
        choice: provider.Choice | None,
        variables: Mapping[str, str],
    ) -> None:
        self.target = target
        self.root = root
        self.tools = tools
        self.definitions = definitions
        self.work = root / "work"
        self.data = root / "data"
        self.log = root / "terraform.log"
        self.plan_file = root / "plan"
        self.binary: Binary | None = None
        self._listen = listen
        self._choice = choice
        self._variables = dict(variables)
        self._provider: provider.Provider | None = None
        self._origins: dict[str, Path] = {}
        self._environment: dict[str, str] = {}
        self._descriptor = -1

    @property
    def nature(self) -> str:
        """What stands behind the AWS provider: `real` or `own`; known once something ran."""
        return self._provider.source if self._provider else ""

    def prepare(self, descriptor: int) -> None:
        """Lay out the working directory, make the state's store, and `terraform init` unless nothing changed.

        Args:
            descriptor: The file lock, which every terraform inherits.
        """
        binary = self.binary or Binary.find()
        self._descriptor = descriptor
        self._provider = provider.provide(self.tools, binary.platform, self._choice)
        self._origins = shadow.lay_out(
            self.work,
            self.definitions,
            self.target.override,
            self.target.values,
            self.target.settings,
            keep_lock=self._provider.source == "real",
        )
        extra = {**self._provider.environment, **self._variables}
        if self.target.is_local:
            # An emulator holds nothing but ours, and can lose the state without losing the resources, or a part of it.
            extra[ADOPT] = "1"
        self._environment = command.environment(self.data, extra, self.target.credentials)
        self._initialize(binary)

    def _initialize(self, binary: Binary) -> None:
        store = self.target.store(self.definitions)
        configuration = store.configuration if store else ""
        if store and self.target.is_local:
            store.ensure()
        path = self.root / _BACKEND_FILE
        path.write_text(configuration)
        mark = self.root / _INITIALIZED
        digest = f"{self.nature} {self._digest(configuration, binary)}"
        if mark.exists() and mark.read_text() == digest and (self.data / "providers").is_dir():
            return
        if not (self.nature == "real" and mark.exists() and mark.read_text().startswith("real ")):
            # Another provider's checksums would refuse this one; the own one's are as its checkout and interpreter.
            shadow.renew_lock(self.work, self.definitions, keep=self.nature == "real")
        mark.unlink(missing_ok=True)
        # -reconfigure: an emulator on another port is another backend to terraform, and there is nothing to migrate.
        where = [f"-backend-config={path}"] if store else []
        self.check("init", self.stream(["init", "-reconfigure", *where]))
        mark.write_text(digest)

    def _digest(self, configuration: str, binary: Binary) -> str:
        """Of all that `init` depends on."""
        parts = [configuration, binary.version]
        parts += [
            (self.work / name).read_text()
            for name in sorted(self._origins)
            if name.startswith(("providers", "backend"))
        ]
        if self._provider:
            parts += [self._provider.cli_config.read_text(), self._provider.program]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def stream(self, arguments: list[str]) -> Result:
        """One of the commands that tell of their progress."""
        binary = self.binary or Binary.find()
        verb, *options = arguments
        return command.run(
            [binary.path, verb, "-json", "-input=false", *options],
            work=self.work,
            environment=self._environment,
            inherit=self._descriptor,
            origins=self._origins,
            log=self.log,
            listen=self._listen,
        )

    def plain(self, arguments: list[str]) -> Result:
        """One of the others."""
        binary = self.binary or Binary.find()
        return command.plain(
            [binary.path, *arguments],
            work=self.work,
            environment=self._environment,
            inherit=self._descriptor,
            origins=self._origins,
            log=self.log,
        )

    def validate(self) -> Result:
        """The definitions, checked; its answer is one document."""
        result = self.plain(["validate", "-json"])
        for diagnostic in json.loads(result.text or "{}").get("diagnostics", ()):
            diagnostics.note(result, diagnostic, self._origins)
        return result

    def check(self, verb: str, result: Result) -> None:
        """Raise TerraformError, or DefinitionFaultError for a broken file, when a command failed."""
        if result.code == 0:
            return
        errors = result.errors or [self._last_words(result)]
        if result.in_definitions:
            raise DefinitionFaultError(verb, errors)
        raise TerraformError(verb, errors, hint=self._hint(verb, errors[0]))

    def _hint(self, verb: str, error: str) -> str:
        log, saved = f"the whole output is in {self.log}", self.work / _SAVED
        if verb == "init" and not self.target.is_local and _NO_BUCKET.search(error):
            return "`bootstrap` makes the bucket and the lock table of the state, once an account"
        if verb == "init" and self.nature == "real" and "provider" in error.lower():
            return f"{provider.VARIABLE}=own uses the sandbox's own provider; {log}"
        if verb == "apply" and saved.exists():
            return f"the state could not be written and is kept in {saved}: `state push` it; {log}"
        return log

    def _last_words(self, result: Result) -> str:
        said = [str(message.get("@message", "")) for message in result.messages if message.get("@message")]
        return " ".join(said[-1].split()) if said else f"exit code {result.code}"
