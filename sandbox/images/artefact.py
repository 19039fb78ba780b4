"""What is built: an image or a program, named by a digest of everything it is built from.

An artefact with that digest is complete, so a build that was killed goes on with the first one that is not there, and
an unchanged one costs nothing. The digest is over inputs: whether two builds of the same inputs give the same bytes
is up to the tools that build.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox.images.digests import digest
from sandbox.images.workshop import Workshop

#: Takes what is being done at the moment.
Show = Callable[[str], None]


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
