"""Several streams of log lines as one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence


def merged(sources: Sequence[tuple[str, Iterable[str]]], *, follow: bool) -> Iterator[tuple[str, str]]:
    """Each line with its source's name: one source after the other, or with `follow` as they come."""
    if not follow:
        for name, lines in sources:
            for line in lines:
                yield name, line
        return
    arrived: queue.Queue[tuple[str, str] | None] = queue.Queue()

    def read(name: str, lines: Iterable[str]) -> None:
        try:
            for line in lines:
                arrived.put((name, line))
        finally:
            arrived.put(None)

    for name, lines in sources:
        threading.Thread(target=read, args=(name, lines), name=f"log of {name}", daemon=True).start()
    open_ones = len(sources)
    while open_ones:
        entry = arrived.get()
        if entry is None:
            open_ones -= 1
        else:
            yield entry
