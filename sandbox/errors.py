"""Errors the user can mend: each carries one line of what is wrong and one of how to mend it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every `sandbox` command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PREREQUISITE = 3


class SandboxError(Exception):
    """A failure to be shown as one line, without a traceback.

    Attributes:
        message: What is wrong, and where.
        hint: How to mend it; empty when there is nothing to add.
        exit_code: What the process exits with.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} — {self.hint}" if self.hint else self.message


class PrerequisiteError(SandboxError):
    """Something the sandbox needs from the machine is missing."""

    exit_code = ExitCode.PREREQUISITE


class UsageError(SandboxError):
    """The command was called with something that cannot be."""

    exit_code = ExitCode.USAGE
