"""Remembers what a folder was installed from, so that a second installation does nothing.

A stamp is written last and removed first: a folder without one was interrupted, and is made anew.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

_NAME = ".installed-from"


def digest(files: Iterable[Path], *facts: str) -> str:
    """A digest of the files' contents, of this Python's version, and of other facts that matter."""
    state = hashlib.sha256(repr((sys.version_info[:3], facts)).encode())
    for path in files:
        state.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def is_installed(folder: Path, expected: str) -> bool:
    """Whether `folder` was completely installed from what `expected` is the digest of."""
    try:
        return (folder / _NAME).read_text() == expected
    except OSError:
        return False


def forget(folder: Path) -> None:
    """Count `folder` as not installed from now on."""
    (folder / _NAME).unlink(missing_ok=True)


def remember(folder: Path, installed_from: str) -> None:
    """Count `folder` as completely installed."""
    draft = folder / f"{_NAME}.new"
    draft.write_text(installed_from)
    draft.replace(folder / _NAME)
