"""Times: written as RFC 3339, compared as nanoseconds, which datetime cannot hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,12}))?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)
_NS = 1_000_000_000


def now_iso() -> str:
    """The present, RFC 3339 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def nanoseconds(text: str | None) -> int | None:
    """Nanoseconds since 1970 of an RFC 3339 time; None when it is not one.

    >>> nanoseconds("2026-11-23T10:00:00.123456789Z") - nanoseconds("2026-11-23T19:00:00+09:00")
    123456789
    """
    found = _RFC3339.fullmatch(text) if text else None
    if not found:
        return None
    *fields, fraction, zone = found.groups()
    try:
        year, month, day, hour, minute, second = (int(field) for field in fields)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    offset_s = 0
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "")
        offset_s = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
    return (int(moment.timestamp()) - offset_s) * _NS + int((fraction or "0")[:9].ljust(9, "0"))
