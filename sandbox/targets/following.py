"""Several streams of log lines as one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence

from sandbox.errors import SandboxError


def merged(sources: Sequence[tuple[str, Iterable[str]]], *, follow: bool) -> Iterator[tuple[str, str]]:
    """Each line with its source's name: one source after the other, or with `follow` as they come.

    Raises:
        SandboxError: What a source raised; the others are not read any further.
    """
    if not follow:
        yield from ((name, line) for name, lines in sources for line in lines)
        return
    arrived: queue.Queue[tuple[str, str] | SandboxError | None] = queue.Queue()

    def read(name: str, lines: Iterable[str]) -> None:
        try:
            for line in lines:
                arrived.put((name, line))
        except SandboxError as error:
            arrived.put(error)
        finally:
            arrived.put(None)

    for name, lines in sources:
        threading.Thread(target=read, args=(name, lines), name=f"log of {name}", daemon=True).start()
    open_ones = len(sources)
    while open_ones:
        entry = arrived.get()
        if entry is None:
            open_ones -= 1
        elif isinstance(entry, SandboxError):
            raise entry
        else:
            yield entry
