"""What can be wrong with the knowledge base."""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import SandboxError


class KnowledgeError(SandboxError):
    """A file of `knowledge/` cannot be used.

    Attributes:
        path: The file.
        problem: What is wrong in it.
    """

    def __init__(self, path: Path, problem: str, *, hint: str = "") -> None:
        super().__init__(f"{path}: {problem}", hint=hint)
        self.path = path
        self.problem = problem


class KnowledgeStoreError(SandboxError):
    """The incidents cannot be embedded, or not be stored.

    Attributes:
        address: The server that was asked.
    """

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(f"{address}: {problem}")
        self.address = address
