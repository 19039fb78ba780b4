"""The log files that a supervisor writes: their last lines, and what is appended to them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_LOOK_AGAIN_S = 0.2


def names(folder: Path) -> list[str]:
    """Whose logs there are."""
    return [path.stem for path in sorted(folder.glob("*.log"))]


def lines(folder: Path, chosen: list[str], count: int, *, follow: bool) -> Iterator[tuple[str, str]]:
    """The last `count` lines of each log with its name, then, with `follow`, every line that is appended."""
    offsets = {}
    for name in chosen:
        path = folder / f"{name}.log"
        if not path.exists():
            continue
        offsets[name] = path.stat().st_size
        with path.open(errors="replace") as file:
            for line in deque(file, maxlen=count):
                yield name, line.rstrip("\n")
    while follow:
        for name, offset in offsets.items():
            appended, offsets[name] = _appended(folder / f"{name}.log", offset)
            for line in appended:
                yield name, line
        time.sleep(_LOOK_AGAIN_S)


def _appended(path: Path, offset: int) -> tuple[list[str], int]:
    """The whole lines behind `offset`, and where the next ones begin."""
    size = path.stat().st_size if path.exists() else 0
    if size < offset:  # rotated
        offset = 0
    if size == offset:
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        # Only whole lines: the rest of one comes with the next look.
        text, newline, _ = file.read().rpartition(b"\n")
    return text.decode(errors="replace").splitlines(), offset + len(text) + len(newline)
