"""Container logs of a test's own, written as a container runtime writes them."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

_PIECE = 16 * 1024


class Container:
    """One container's log file.

    Args:
        folder: Where the shipper looks.
        service: The container's name.
    """

    def __init__(self, folder: Path, service: str) -> None:
        identity = secrets.token_hex(32)
        self.service = service
        self.path = folder / f"{service}-{identity[:10]}-{identity[10:15]}_cali_{service}-{identity}.log"
        self._last = 0

    def write(self, *lines: bytes, descriptor: int | None = None) -> list[str]:
        """Append each line whole; returns their times."""
        stamped = [(self._now(), line) for line in lines]
        self._append([b"%s stdout F %s\n" % (stamp.encode(), line) for stamp, line in stamped], descriptor)
        return [stamp for stamp, _ in stamped]

    def write_parted(self, line: bytes) -> list[str]:
        """Append a line in the pieces that containerd makes of it, each with a time of its own; returns the first's."""
        pieces = [line[start : start + _PIECE] for start in range(0, len(line), _PIECE)]
        stamps = [self._now() for _ in pieces]
        marks = [b"P"] * (len(pieces) - 1) + [b"F"]
        self._append([b"%s stdout %s %s\n" % (s.encode(), m, p) for s, m, p in zip(stamps, marks, pieces, strict=True)])
        return stamps[:1]

    def _append(self, chunks: list[bytes], descriptor: int | None = None) -> None:
        own = descriptor if descriptor is not None else os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        data = memoryview(b"".join(chunks))
        while data:
            data = data[os.write(own, data) :]
        if descriptor is None:
            os.close(own)

    def _now(self) -> str:
        """The time in nanoseconds, never the same twice."""
        self._last = max(time.time_ns(), self._last + 1)
        seconds, rest = divmod(self._last, 10**9)
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest:09d}Z"
