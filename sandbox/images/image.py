"""Artefacts that are images: published ones, and ours, which never carry a published name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docker.errors import ImageNotFound

from sandbox.images.artefact import Artefact, Show

#: On every image and container that is made here.
LABEL = "cali.sandbox.image"

#: All built images: never a published name, so that everyone sees which one runs.
PREFIX = "cali/"


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
