"""One installation at a time, over all processes that share a home."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def installation_lock(home: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the home's installation lock; says so once when another process has it.

    The lock belongs to the open file, so the kernel frees it when its holders have died: this process and the
    installers it started, which may outlive it and must not write beside those of the next run.
    """
    (home / "envs").mkdir(parents=True, exist_ok=True)
    with exclusive(home / "envs" / ".lock", say, "installation"):
        yield


@contextmanager
def exclusive(path: Path, say: Callable[[str], None], what: str) -> Iterator[None]:
    """Hold the lock of the file `path`; says so once when another process has it."""
    # Not through a link: the folder may be one that others write to as well.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            say(f"waiting for another {what} (process {file.read().strip() or 'unknown'})")
            fcntl.flock(file, fcntl.LOCK_EX)
        os.set_inheritable(file.fileno(), True)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
