"""Folders of the host that a node writes to, as root."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from docker.errors import ImageNotFound

from sandbox.containers.faults import asked
from sandbox.containers.runner import OWNER_LABEL, Runner
from sandbox.errors import SandboxError

_EMPTIED = "/emptied"


class ForeignFilesError(SandboxError):
    """Files that a node wrote can be removed by root alone.

    Attributes:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds files of root, and no image is there to remove them with", hint=f"sudo rm -r {folder}"
        )
        self.folder = folder


def empty(runner: Runner, folders: Iterable[Path], image: str) -> None:
    """Remove what is in the folders once their node is gone, as root where we may not.

    Args:
        runner: The engine, and whose the folders are.
        folders: Which.
        image: One that has `find`; used only for what is root's.

    Raises:
        ForeignFilesError: The image is gone, too.
    """
    for folder in folders:
        if not _emptied(folder):
            _empty_as_root(runner, folder, image)


def _emptied(folder: Path) -> bool:
    """Remove what we may; whether that was all."""
    left = list(folder.iterdir()) if folder.exists() else []
    for entry in left:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()
    return not any(entry.exists() or entry.is_symlink() for entry in left)


def _empty_as_root(runner: Runner, folder: Path, image: str) -> None:
    with asked(f"empty {folder}"):
        try:
            runner.engine.images.get(image)  # Or it would be pulled.
        except ImageNotFound as error:
            raise ForeignFilesError(folder) from error
        runner.engine.containers.run(
            image,
            entrypoint=["find", _EMPTIED, "-mindepth", "1", "-delete"],
            command=[],
            user="0:0",
            network_mode="none",
            labels={OWNER_LABEL: runner.owner},
            volumes={str(folder): {"bind": _EMPTIED, "mode": "rw"}},
            remove=True,
        )
