"""Appends lines to a container log the way a container runtime does, so that the shipper takes them like any other."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sandbox.record import RecordReference, decode

#: containerd cuts a line into pieces of this many bytes: `P` for each but the last, `F` for the last.
PIECE_BYTES = 16 * 1024


def container_log(folder: Path, *, service: str = "sandbox-send") -> Path:
    """The container log that `sandbox send` writes: named as in /var/log/containers."""
    identity = hashlib.sha256(str(folder).encode()).hexdigest()
    return folder / f"{service}-{identity[:10]}-{identity[10:15]}_cali_{service}-{identity}.log"


def append(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[bytes, RecordReference]]:
    """Append each line with the time of its writing; yields the line and what the stores will carry of it.

    One process at a time writes the file: lines longer than PIECE_BYTES become several pieces that must not mix.
    """
    # Readable for others, as a shipper in a pod is; the folders above let nobody else in.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    last = 0
    try:
        for line in lines:
            # Two lines never share a nanosecond: the time is part of a record's identity.
            last = max(time.time_ns(), last + 1)
            text = stamp(last)
            os.write(descriptor, b"".join(_pieces(text.encode(), line)))
            yield line, RecordReference.of_line(path.name, text, decode(line))
    finally:
        os.close(descriptor)


def stamp(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as containerd writes them: Go's RFC3339Nano, which has no zeros at the end.

    >>> stamp(1_700_000_000_123_456_780)
    '2023-11-14T22:13:20.12345678Z'
    """
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _pieces(time_text: bytes, line: bytes) -> Iterator[bytes]:
    for start in range(0, max(len(line), 1), PIECE_BYTES):
        tag = b"F" if start + PIECE_BYTES >= len(line) else b"P"
        yield b"%s stdout %s %s\n" % (time_text, tag, line[start : start + PIECE_BYTES])
