"""Digests of what an artefact is built from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(*parts: str | bytes | Path) -> str:
    """A digest of texts, and of files or folders with their names, contents and execute bits."""
    state = hashlib.sha256()
    for part in parts:
        for name, content in _pieces(part):
            state.update(f"{name}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def _pieces(part: str | bytes | Path) -> Iterable[tuple[str, bytes]]:
    if isinstance(part, Path):
        for path in files(part):
            yield f"{path.relative_to(part.parent)}{'x' if is_executable(path) else '-'}", path.read_bytes()
    else:
        yield "", part.encode() if isinstance(part, str) else part


def is_executable(path: Path) -> bool:
    """Whether its owner may run it, which is all of a mode that git keeps and that an image needs."""
    return bool(path.stat().st_mode & 0o100)


def files(path: Path) -> list[Path]:
    """The files of a folder (or the file itself) in a fixed order, without what Python leaves behind."""
    if not path.is_dir():
        return [path]
    found = (inner for inner in path.rglob("*") if inner.is_file() and "__pycache__" not in inner.parts)
    return sorted(found)
