"""Who works on a target's state: a file lock that terraform inherits, so that it lasts as long as terraform does."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandbox.terraform.errors import StateLockedError

#: Seconds given to a terraform whose sandbox was killed: it goes on by itself, and ends in an orderly way.
_ORPHAN_S = 120.0
_POLL_S = 0.2


@contextmanager
def held(path: Path, target: str, notice: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock; yields the descriptor that child processes must inherit.

    Raises:
        StateLockedError: A live run holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, target, notice)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {psutil.Process().create_time()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, target: str, notice: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _ORPHAN_S
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid, alive = _holder(descriptor)
            if alive or time.monotonic() > deadline:
                raise StateLockedError(target, f"pid {pid}") from error
            if not told:
                notice(f"the run of pid {pid} was killed; its terraform is still at work, waiting for it to end")
                told = True
            time.sleep(_POLL_S)
        else:
            return


def _holder(descriptor: int) -> tuple[str, bool]:
    """The process that took the lock, and whether it lives."""
    pid, _, started = os.pread(descriptor, 64, 0).decode().strip().partition(" ")
    try:
        return pid, psutil.Process(int(pid)).create_time() == float(started)
    except (psutil.Error, ValueError):
        return pid or "unknown", False


def others_in(work: Path) -> list[int]:
    """Processes of terraform that run in a working directory without the lock, such as one started by hand."""
    return [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "terraform" and process.info["cwd"] == str(work)
    ]
