"""What can go wrong with terraform, each in one line."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.errors import PrerequisiteError, SandboxError


class TerraformMissingError(PrerequisiteError):
    """There is no terraform on PATH."""

    def __init__(self) -> None:
        super().__init__(
            "terraform is not on PATH; it builds the AWS resources of the pipeline",
            hint="install Terraform 1.10 or newer: https://developer.hashicorp.com/terraform/install",
        )


class TerraformVersionError(PrerequisiteError):
    """The terraform on PATH is too old.

    Attributes:
        found: Its version.
    """

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"terraform is {found}, the definitions need {wanted}", hint="update terraform")
        self.found = found


class TerraformError(SandboxError):
    """Terraform failed.

    Attributes:
        command: What was run.
        problems: Every error it named, as `file:line: summary: detail`.
    """

    def __init__(self, command: str, problems: Sequence[str], *, hint: str = "") -> None:
        first = problems[0] if problems else "it gave no reason"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"terraform {command}: {first}{more}", hint=hint)
        self.command = command
        self.problems = list(problems)


class DefinitionFaultError(TerraformError):
    """A .tf file is broken."""


class StateLockedError(SandboxError):
    """Somebody else works on the same state.

    Attributes:
        holder: Who, as far as it is known.
        lock: The id of the state's lock, which is not broken by itself; empty for a local target's.
    """

    def __init__(self, target: str, holder: str, *, lock: str = "") -> None:
        hint = "wait until it is done, or end it"
        if lock:
            hint = f"wait until it is done; if it is dead: `sandbox terraform … force-unlock {lock}`"
        super().__init__(f"another run of terraform works on the {target} target ({holder})", hint=hint)
        self.holder = holder
        self.lock = lock
