"""The jars of OpenSearch, as the embedded target installs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.images.artefact import MadeFile, Show
from sandbox.install.kinds import Jars
from sandbox.install.parts import opensearch_jars


@dataclass(frozen=True, eq=False)
class OpenSearchJars(MadeFile):
    """A folder of jars, each with its locked digest."""

    @property
    def _part(self) -> Jars:
        return opensearch_jars(self.shop.home)

    @property
    def path(self) -> Path:
        """The folder that the embedded target runs from too."""
        return self._part.folder

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The lock."""
        yield self._part.lock

    def exists(self) -> bool:
        """All of them are there."""
        return self._part.is_installed

    def build(self, show: Show) -> None:
        """Download what is missing."""
        show("from Maven")
        self._part.install(self.shop.environment)
