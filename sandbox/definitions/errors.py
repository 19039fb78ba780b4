"""What is wrong in a definition, and where."""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import SandboxError


class DefinitionError(SandboxError):
    """A definition cannot be used as it stands.

    Attributes:
        path: The file.
        where: The place in it, in the file's own terms.
    """

    def __init__(self, path: Path, where: str, problem: str, *, hint: str = "") -> None:
        place = f"{path}: {where}" if where else str(path)
        super().__init__(f"{place}: {problem}", hint=hint)
        self.path = path
        self.where = where
