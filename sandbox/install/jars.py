"""Locked jars: coordinates, digest, size; see `maven` for how they are fetched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Jar:
    """One line of a lock."""

    coordinates: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """`artifact-version.jar`."""
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def repository_path(self) -> Path:
        """Where any Maven repository keeps it."""
        group, artifact, version = self.coordinates.split(":")
        return Path(*group.split("."), artifact, version, self.file_name)

    def is_at(self, path: Path) -> bool:
        """Whether `path` holds exactly this jar."""
        try:
            return path.stat().st_size == self.size and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256
        except OSError:
            return False


def read_lock(path: Path) -> list[Jar]:
    """The jars that `path` locks."""
    rows = (line.split() for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return [Jar(coordinates, digest.removeprefix("sha256:"), int(size)) for coordinates, digest, size in rows]
