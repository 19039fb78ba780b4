"""Who works on a target's state: a file lock that terraform inherits, so that it lasts as long as terraform does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandbox.terraform.errors import StateLockedError


@contextmanager
def held(path: Path, target: str) -> Iterator[int]:
    """Hold the lock; yields the descriptor that child processes must inherit.

    Raises:
        StateLockedError: A live process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode().strip()
            raise StateLockedError(target, f"pid {holder}" if holder else "pid unknown") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def others_in(work: Path) -> list[int]:
    """Processes of terraform that run in a working directory without the lock, such as one started by hand."""
    found = []
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "terraform" and process.info["cwd"] == str(work):
            found.append(process.pid)
    return found
