"""The container logs of a sandbox as its host sees them: plain files, or a node's links to its pods' files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: Where the kubelet keeps what /var/log/containers links to; the host has that folder beside the one of the links.
POD_LOGS = PurePosixPath("/var/log/pods")


@dataclass(frozen=True)
class ContainerLog:
    """One log.

    Attributes:
        name: Its file name in /var/log/containers, which every store carries.
        path: The file to read on this machine.
        written_at: When it was written last, seconds since 1970.
    """

    name: str
    path: Path
    written_at: float


def newest_first(folder: Path, pattern: str = "*.log") -> Iterator[ContainerLog]:
    """The logs in a folder that this user may read, the one written last first."""
    found = []
    for entry in folder.glob(pattern):
        path = _on_host(entry)
        try:
            if os.access(path, os.R_OK):
                found.append(ContainerLog(entry.name, path, path.stat().st_mtime))
        except OSError:
            continue  # rotated away meanwhile, or its pod is gone
    yield from sorted(found, key=lambda log: log.written_at, reverse=True)


def _on_host(entry: Path) -> Path:
    """The file itself, or the one that a node's link stands for."""
    if not entry.is_symlink():
        return entry
    goal = PurePosixPath(entry.readlink())
    return entry.parent.parent / "pods" / goal.relative_to(POD_LOGS) if goal.is_relative_to(POD_LOGS) else entry
