"""The kinds of parts that are installed, each from its lock into a folder of its own."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.install import stamps
from sandbox.install.jars import read_lock
from sandbox.install.uv import Installer
from sandbox.instance import REPOSITORY, Home

REQUIREMENTS = REPOSITORY / "requirements"


@dataclass(frozen=True)
class Part(ABC):
    """Something that is installed once.

    Attributes:
        name: What it is called in progress and logs.
        purpose: What it is for.
        home: Below which it goes.
    """

    name: str
    purpose: str
    home: Home

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where it goes."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """What it is installed from, digested."""

    @property
    def expected_bytes(self) -> int | None:
        """Its size when that is known beforehand."""
        return None

    @property
    def is_installed(self) -> bool:
        """Whether it is complete and of the committed lock."""
        return stamps.is_installed(self.folder, self.digest)

    def install(self, environment: Mapping[str, str]) -> None:
        """Install it anew, or go on where an installation was interrupted."""
        if self.folder.exists():
            stamps.forget(self.folder)
        log = self.home.tools / "logs" / f"{self.name}.log"
        self.perform(Installer(self.name, environment, log))
        stamps.remember(self.folder, self.digest)

    @abstractmethod
    def perform(self, installer: Installer) -> None:
        """The steps."""


@dataclass(frozen=True)
class PythonEnvironment(Part):
    """A Python environment made by uv.

    Attributes:
        locks: Its requirement files.
        without_dependencies: Lock files of which only what they name is wanted.
        project: A distribution of this repository, installed editable.
        python: The Python it is for; this one when it is None.
    """

    locks: tuple[Path, ...]
    without_dependencies: tuple[Path, ...] = ()
    project: Path | None = None
    python: Path | None = None

    @property
    def folder(self) -> Path:
        """`envs/<name>`."""
        return self.home.environments / self.name

    @property
    def digest(self) -> str:
        """Of the locks, the project's metadata, and what it depends on outside."""
        metadata = (self.project / "pyproject.toml",) if self.project else ()
        files = (*self.locks, *self.without_dependencies, *metadata)
        places = (str(self.folder), str(self.project), *((str(self.python),) if self.python else ()))
        return stamps.digest(files, *places)

    def perform(self, installer: Installer) -> None:
        """Venv, sync, project."""
        uv = self.home.environments / "uv" / "bin" / "uv"
        installer.make(uv, self.folder, self.locks, without_dependencies=self.without_dependencies, python=self.python)
        if self.project:
            installer.add_project(uv, self.folder, self.project, builder=Path(sys.executable))


@dataclass(frozen=True)
class Jars(Part):
    """Java programs from a Maven repository."""

    lock: Path

    @property
    def folder(self) -> Path:
        """`tools/<name>`."""
        return self.home.tools / self.name

    @property
    def digest(self) -> str:
        """Of the lock: jars do not depend on where they are."""
        return stamps.digest([self.lock])

    @property
    def expected_bytes(self) -> int | None:
        """The sum over the lock."""
        return sum(jar.size for jar in read_lock(self.lock))

    def perform(self, installer: Installer) -> None:
        """A process of its own, since proxy and certificates are settings of a process."""
        command = [sys.executable, "-m", "sandbox.install.maven", str(self.lock), str(self.folder)]
        installer.run(command, cwd=REPOSITORY)
