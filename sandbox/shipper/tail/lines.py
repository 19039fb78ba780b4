"""From the lines of a file to events: the container runtimes' formats, and joining what they split."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from sandbox.shipper.event import Record
from sandbox.shipper.parsers import JsonParser, Parser

#: Reads one line into a record and its time; None when the line is not of the format.
Read = Callable[[str], tuple[Record, float | None] | None]


@lru_cache(maxsize=64)
def _seconds(moment: str, zone: str) -> float:
    return datetime.fromisoformat(moment + zone).timestamp()


def timestamp(text: str) -> float:
    """A CRI time as seconds since 1970.

    >>> timestamp("2026-11-23T10:00:00.500000000Z")
    1795428000.5
    """
    fraction = text[19:].rstrip("Z")
    zone = "Z"
    for sign in "+-":
        if sign in fraction:
            fraction, _, offset = fraction.partition(sign)
            zone = sign + offset
    return _seconds(text[:19], zone) + (float("0" + fraction) if fraction else 0.0)


def read_cri(line: str) -> tuple[Record, float | None] | None:
    """`time stream P|F text`."""
    parts = line.split(" ", 3)
    if len(parts) != 4 or parts[1] not in ("stdout", "stderr") or parts[2] not in ("F", "P"):
        return None
    try:
        time = timestamp(parts[0])
    except ValueError:
        return None
    return {"time": parts[0], "stream": parts[1], "_p": parts[2], "log": parts[3]}, time


_docker = JsonParser(None, {}, skip_empty=True)


def read_docker(line: str) -> tuple[Record, float | None] | None:
    """A JSON object with log, stream and time."""
    record = _docker.fields(line)
    if record is None or not isinstance(record.get("log"), str):
        return None
    try:
        return record, timestamp(str(record.get("time")))
    except ValueError:
        return record, None


def read_with(parser: Parser) -> Read:
    """Reads lines with a `[PARSER]`."""
    return parser.parse


def read_plain(line: str) -> tuple[Record, float | None] | None:
    """The line under the key that multi-line parsers join."""
    return {"log": line}, clock.time()


FORMATS: dict[str, Read] = {"cri": read_cri, "docker": read_docker}
