"""Java DateTimeFormatter patterns, as prefixes use them ("Understand custom prefixes for Amazon S3 objects")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby

Formatter = Callable[[datetime], str]

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class PatternError(ValueError):
    """A pattern that Java's DateTimeFormatter, or this part of it, does not know."""


def compile_pattern(pattern: str) -> Formatter:
    """Turn a DateTimeFormatter pattern into a function of an aware datetime.

    >>> from datetime import UTC
    >>> compile_pattern("yyyy/MM/dd'T'HH")(datetime(2018, 8, 27, 10, tzinfo=UTC))
    '2018/08/27T10'
    """
    parts = [part for quoted, text in _unquote(pattern) for part in _letters(quoted, text)]
    return lambda instant: "".join(part(instant) for part in parts)


def _unquote(pattern: str) -> list[tuple[bool, str]]:
    """Split at single quotes; two of them in a row are one literal quote."""
    if pattern.replace("''", "").count("'") % 2:
        raise PatternError(f"the pattern {pattern!r} ends with an incomplete string literal")
    pieces: list[tuple[bool, str]] = []
    quoted, text, position = False, "", 0
    while position < len(pattern):
        if pattern.startswith("''", position):
            if quoted:
                text += "'"
            else:
                pieces += [(False, text), (True, "'")]
                text = ""
            position += 2
        elif pattern[position] == "'":
            pieces.append((quoted, text))
            quoted, text = not quoted, ""
            position += 1
        else:
            text += pattern[position]
            position += 1
    pieces.append((quoted, text))
    return [piece for piece in pieces if piece[1]]


def _letters(quoted: bool, text: str) -> list[Formatter]:
    if quoted:
        return [_literal(text)]
    parts: list[Formatter] = []
    for letter, run in groupby(text):
        count = len(list(run))
        if letter.isascii() and letter.isalpha():
            parts.append(_field(letter, count))
        elif letter in "{}#":
            raise PatternError(f"the pattern includes the reserved character {letter!r}")
        elif letter not in "[]":  # optional sections are always there when formatting
            parts.append(_literal(letter * count))
    return parts


def _literal(text: str) -> Formatter:
    return lambda _: text


def _field(letter: str, count: int) -> Formatter:
    if letter in _NUMBERS:
        number = _NUMBERS[letter]
        return lambda instant: str(number(instant)).zfill(count)
    maker = _FIELDS.get(letter)
    if maker is None:
        raise PatternError(f"unknown pattern letter: {letter}")
    return maker(count)


def _year(of: Callable[[datetime], int]) -> Callable[[int], Formatter]:
    def make(count: int) -> Formatter:
        if count == 2:
            return lambda instant: f"{of(instant) % 100:02d}"
        return lambda instant: str(of(instant)).zfill(count)

    return make


def _text(
    names: list[str], index: Callable[[datetime], int], number: Callable[[datetime], int] | None
) -> Callable[[int], Formatter]:
    def make(count: int) -> Formatter:
        if count > 5:
            raise PatternError("too many pattern letters")
        if number is not None and count <= 2:
            numeric = number
            return lambda instant: str(numeric(instant)).zfill(count)
        width = {4: None, 5: 1}.get(count, 3)
        return lambda instant: names[index(instant)][:width]

    return make


def _quarter(count: int) -> Formatter:
    def format_(instant: datetime) -> str:
        quarter = (instant.month + 2) // 3
        if count <= 2:
            return str(quarter).zfill(count)
        return f"Q{quarter}" if count == 3 else f"{quarter}{('st', 'nd', 'rd', 'th')[quarter - 1]} quarter"

    return format_


def _fraction(count: int) -> Formatter:
    return lambda instant: f"{instant.microsecond * 1000:09d}"[:count].ljust(count, "0")


def _offset(zulu: bool, plain_z: bool = False) -> Callable[[int], Formatter]:
    def make(count: int) -> Formatter:
        def format_(instant: datetime) -> str:
            seconds = int((instant.utcoffset() or timedelta()).total_seconds())
            if seconds == 0 and zulu:
                return "Z"
            hours, minutes = divmod(abs(seconds) // 60, 60)
            sign = "-" if seconds < 0 else "+"
            if count == 1 and not plain_z:
                return f"{sign}{hours:02d}" + (f"{minutes:02d}" if minutes else "")
            return f"{sign}{hours:02d}{':' if count in {3, 5} and not plain_z else ''}{minutes:02d}"

        return format_

    return make


def _zone_name(_count: int) -> Formatter:
    return lambda instant: instant.tzname() or "UTC"


def _zone_id(_count: int) -> Formatter:
    return lambda instant: str(instant.tzinfo)


def _era(_count: int) -> Formatter:
    return lambda _: "AD"


def _half(_count: int) -> Formatter:
    return lambda instant: "PM" if instant.hour >= 12 else "AM"


def _week_year(instant: datetime) -> int:
    """Week-based year of the US locale: weeks begin on Sunday, week 1 holds January 1."""
    saturday = instant.date() + timedelta(days=6 - instant.isoweekday() % 7)
    return saturday.year


def _week(instant: datetime) -> int:
    first = date(_week_year(instant), 1, 1)
    start = first - timedelta(days=first.isoweekday() % 7)
    return (instant.date() - start).days // 7 + 1


def _week_of_month(instant: datetime) -> int:
    first = instant.date().replace(day=1)
    return (instant.day + first.isoweekday() % 7 - 1) // 7 + 1


def _nano_of_day(instant: datetime) -> int:
    return ((instant.hour * 60 + instant.minute) * 60 + instant.second) * 10**9 + instant.microsecond * 1000


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "d": lambda t: t.day,
    "D": lambda t: t.timetuple().tm_yday,
    "H": lambda t: t.hour,
    "k": lambda t: t.hour or 24,
    "K": lambda t: t.hour % 12,
    "h": lambda t: t.hour % 12 or 12,
    "m": lambda t: t.minute,
    "s": lambda t: t.second,
    "n": lambda t: t.microsecond * 1000,
    "N": _nano_of_day,
    "A": lambda t: _nano_of_day(t) // 10**6,
    "w": _week,
    "W": _week_of_month,
    "F": lambda t: (t.day - 1) // 7 + 1,
}

_FIELDS: dict[str, Callable[[int], Formatter]] = {
    "y": _year(lambda t: t.year),
    "u": _year(lambda t: t.year),
    "Y": _year(_week_year),
    "M": _text(_MONTHS, lambda t: t.month - 1, lambda t: t.month),
    "L": _text(_MONTHS, lambda t: t.month - 1, lambda t: t.month),
    "E": _text(_DAYS, lambda t: t.weekday(), None),
    "e": _text(_DAYS, lambda t: t.weekday(), lambda t: t.isoweekday() % 7 + 1),
    "c": _text(_DAYS, lambda t: t.weekday(), lambda t: t.isoweekday() % 7 + 1),
    "Q": _quarter,
    "q": _quarter,
    "S": _fraction,
    "a": _half,
    "G": _era,
    "X": _offset(zulu=True),
    "x": _offset(zulu=False),
    "Z": _offset(zulu=False, plain_z=True),
    "z": _zone_name,
    "V": _zone_id,
}
