"""Index names by rotation period ("Configure index rotation for OpenSearch Service").

The page's rule for weeks (US convention) and its example for 2016-02-25 (w08, which is the ISO week) disagree: the rule
is followed, so that day is in w09.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta


def _week(instant: datetime) -> str:
    """US convention: a week starts on Sunday, the first week is the first that contains a Saturday of the year."""
    saturday = instant.date() + timedelta(days=6 - instant.isoweekday() % 7)
    first_saturday = date(saturday.year, 1, 1)
    first_saturday += timedelta(days=(5 - first_saturday.weekday()) % 7)
    return f"{saturday.year}-w{(saturday - first_saturday).days // 7 + 1:02d}"


_SUFFIXES: dict[str, Callable[[datetime], str]] = {
    "OneHour": lambda instant: instant.strftime("%Y-%m-%d-%H"),
    "OneDay": lambda instant: instant.strftime("%Y-%m-%d"),
    "OneWeek": _week,
    "OneMonth": lambda instant: instant.strftime("%Y-%m"),
}


def index_name(base: str, period: str, arrived: datetime) -> str:
    """Return the index of a record that arrived at `arrived` (UTC).

    >>> from datetime import UTC
    >>> index_name("myindex", "OneDay", datetime(2016, 2, 25, 13, tzinfo=UTC))
    'myindex-2016-02-25'
    """
    suffix = _SUFFIXES.get(period)
    return f"{base}-{suffix(arrived)}" if suffix else base
