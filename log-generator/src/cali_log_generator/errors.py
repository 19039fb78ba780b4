"""What can go wrong, each as one line the reader can act on."""

from __future__ import annotations

from pathlib import Path


class GeneratorError(Exception):
    """Base of every failure shown without a traceback.

    Attributes:
        exit_code: What the process exits with.
    """

    exit_code = 1


class SettingError(GeneratorError):
    """An environment variable holds a value that cannot be used.

    Attributes:
        variable: The variable's name.
        value: What it holds.
        expected: What it may hold.
    """

    exit_code = 2

    def __init__(self, variable: str, value: object, expected: str) -> None:
        super().__init__(f"{variable}={value!r}: expected {expected}")
        self.variable = variable
        self.value = value
        self.expected = expected


class CatalogueError(GeneratorError):
    """A file of the catalogue says something the generator cannot follow."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"catalogue {where}: {problem}")
        self.where = where
        self.problem = problem


class LogWriteError(GeneratorError):
    """A log file cannot be written.

    Attributes:
        path: The file or folder.
        cause: What the operating system answered.
    """

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(f"cannot write {path}: {cause.strerror or cause}")
        self.path = path
        self.cause = cause
