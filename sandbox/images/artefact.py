"""What is built: an image or a program, named by a digest of everything it is built from.

An artefact with that digest is complete, so a build that was killed goes on with the first one that is not there, and
an unchanged one costs nothing. The digest is over inputs: whether two builds of the same inputs give the same bytes
is up to the tools that build.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from sandbox.engine import client
from sandbox.images.settings import Settings
from sandbox.instance import Home

#: Takes what is being done at the moment.
Show = Callable[[str], None]

#: On every image and container that is made here.
LABEL = "cali.sandbox.image"

#: All built images: never a published name, so that everyone sees which one runs.
PREFIX = "cali/"


def digest(*parts: str | bytes | Path) -> str:
    """A digest of texts, and of files or folders with their names, contents and execute bits."""
    state = hashlib.sha256()
    for part in parts:
        for name, content in _pieces(part):
            state.update(f"{name}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def _pieces(part: str | bytes | Path) -> Iterable[tuple[str, bytes]]:
    if isinstance(part, Path):
        for path in files(part):
            yield f"{path.relative_to(part.parent)}{'x' if is_executable(path) else '-'}", path.read_bytes()
    else:
        yield "", part.encode() if isinstance(part, str) else part


def is_executable(path: Path) -> bool:
    """Whether its owner may run it, which is all of a mode that git keeps and that an image needs."""
    return bool(path.stat().st_mode & 0o100)


def files(path: Path) -> list[Path]:
    """The files of a folder (or the file itself) in a fixed order, without what Python leaves behind."""
    if not path.is_dir():
        return [path]
    found = (inner for inner in path.rglob("*") if inner.is_file() and "__pycache__" not in inner.parts)
    return sorted(found)


@dataclass(frozen=True)
class Workshop:
    """What building needs.

    Attributes:
        home: Where the sandbox keeps what it makes.
        settings: The image settings.
        environment: Proxy, mirror and certificates for installers.
        connect: Gives the Docker engine; asked only when something needs it.
        lock: Held while something is built: one for the machine, since a build uses all of it.
    """

    home: Home
    settings: Settings
    environment: Mapping[str, str]
    connect: Callable[[], docker.DockerClient] = client.connect
    lock: Path = Path(tempfile.gettempdir()) / f"cali-images-{os.getuid()}.lock"

    @cached_property
    def engine(self) -> docker.DockerClient:
        """The Docker engine; raises EngineMissingError."""
        return self.connect()

    @cached_property
    def architecture(self) -> str:
        """The engine's, as Debian and Go call it: `amd64` or `arm64`."""
        return str(self.engine.version()["Arch"])

    @property
    def folder(self) -> Path:
        """Where programs and intermediate files go."""
        path = self.home.tools / "images"
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def logs(self) -> Path:
        """One file an artefact: all that its tools printed."""
        path = self.folder / "logs"
        path.mkdir(parents=True, exist_ok=True)
        return path


@dataclass(frozen=True, eq=False)
class Artefact(ABC):
    """Something that is built once for each state of its inputs.

    Attributes:
        name: What it is called.
        shop: What it is built with.
        needs: What must be there before it.
    """

    name: str
    shop: Workshop
    needs: tuple[Artefact, ...] = ()

    @abstractmethod
    def inputs(self) -> Iterable[str | bytes | Path]:
        """Everything of its own that it is built from."""

    @cached_property
    def digest(self) -> str:
        """Of its inputs and of those of all it needs."""
        kind = type(self).__name__
        return digest(kind, self.name, self.architecture, *self.inputs(), *(need.digest for need in self.needs))

    @property
    def architecture(self) -> str:
        """What it runs on."""
        return self.shop.architecture

    @abstractmethod
    def exists(self) -> bool:
        """Whether it is there, complete and of these inputs."""

    @abstractmethod
    def build(self, show: Show) -> None:
        """Make it; what it needs is there. `show` takes what is being done, in a few words."""

    @property
    def log(self) -> Path:
        """All that its tools print."""
        return self.shop.logs / f"{self.name}.log"


@dataclass(frozen=True, eq=False)
class MadeFile(Artefact):
    """An artefact that is a file or a folder."""

    @property
    @abstractmethod
    def path(self) -> Path:
        """Where it is, once it is built."""


@dataclass(frozen=True, eq=False)
class Image(Artefact):
    """An image: published, or ours."""

    @property
    @abstractmethod
    def reference(self) -> str:
        """What the engine knows it by."""

    def exists(self) -> bool:
        """The engine has it."""
        try:
            self.shop.engine.images.get(self.reference)
        except ImageNotFound:
            return False
        return True

    @property
    def size(self) -> int:
        """Bytes, as the engine counts them."""
        return int(self.shop.engine.images.get(self.reference).attrs["Size"])


@dataclass(frozen=True, eq=False)
class PublishedImage(Image):
    """An image that somebody else publishes, at a pinned version.

    Attributes:
        published: Its reference as it is pulled.
    """

    published: str = ""

    @property
    def reference(self) -> str:
        """The published one."""
        return self.published

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The reference alone."""
        yield self.published

    def build(self, show: Show) -> None:
        """Pull it."""
        show(self.published)
        repository, _, tag = self.published.rpartition(":")
        self.shop.engine.images.pull(repository, tag=tag, platform=f"linux/{self.shop.architecture}")


@dataclass(frozen=True, eq=False)
class BuiltImage(Image):
    """An image of ours, tagged with its digest: a changed one has another name, which a rollout notices."""

    @property
    def reference(self) -> str:
        """`cali/<name>:<digest>`."""
        return f"{PREFIX}{self.name}:{self.digest[:12]}"

    @property
    def labels(self) -> dict[str, str]:
        """What `images list` and `images clean` find it by."""
        return {LABEL: self.name}


def order(wanted: Iterable[Artefact]) -> list[Artefact]:
    """What must be built for `wanted`, needs first; nothing below an artefact that is there is looked at."""
    found: dict[str, Artefact] = {}
    checked: set[str] = set()

    def visit(artefact: Artefact) -> None:
        if artefact.digest in checked:
            return
        checked.add(artefact.digest)
        if artefact.exists():
            return
        for need in artefact.needs:
            visit(need)
        found[artefact.digest] = artefact

    for artefact in wanted:
        visit(artefact)
    return list(found.values())
