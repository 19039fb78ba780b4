"""The container runtime's log format: `<RFC 3339 time> <stream> <F|P> <text>`, long lines in pieces."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from datetime import UTC, datetime

#: containerd's max_container_log_line_size.
PIECE_BYTES = 16 * 1024
_NS = 1_000_000_000


class Clock:
    """The wall clock in nanoseconds, never twice the same: a line's time is part of its record's id."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        """Return the time; later than every one returned before."""
        self._last = max(time.time_ns(), self._last + 1)
        return self._last


@functools.lru_cache(maxsize=2)  # the same second is printed thousands of times in a row
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def rfc3339_nano(nanoseconds: int) -> str:
    """Return a UTC time as Go's RFC3339Nano prints it: without trailing zeros."""
    whole, fraction = divmod(nanoseconds, _NS)
    return f"{_second(whole)}.{fraction:09d}".rstrip("0").rstrip(".") + "Z"


def pieces(text: bytes, limit: int = PIECE_BYTES) -> Iterator[tuple[bytes, bytes]]:
    """Cut a line as containerd does, at bytes: every piece but the last is marked P, the last one F."""
    start = 0
    while len(text) - start > limit:
        yield b"P", text[start : start + limit]
        start += limit
    yield b"F", text[start:]


def encode(line: str, clock: Clock, first: str | None = None) -> bytes:
    """Return one printed line as the runtime writes it.

    Args:
        line: What the container printed.
        clock: Stamps each piece.
        first: The time of the first piece, where the caller has taken it already.
    """
    out = []
    for tag, text in pieces(line.encode("utf-8", "replace")):
        stamp = first or rfc3339_nano(clock.now())
        first = None
        out.append(b"%s stdout %s %s\n" % (stamp.encode(), tag, text))
    return b"".join(out)
