"""The `[PARSER]` sections: text in a field becomes fields."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.event import Record
from sandbox.shipper.regex import compile_regex
from sandbox.shipper.settings import Settings

_LOGFMT = re.compile(r'([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|(\S*)))?')
_FRACTION = re.compile(r"[.,](\d+)")
_TYPES: Mapping[str, Any] = {
    "integer": int,
    "float": float,
    "bool": lambda text: text.lower() == "true",
    "string": str,
    "hex": lambda text: int(text, 16),
}
#: JSON's integers reach this far in Fluent Bit; beyond they are floating point numbers.
_MOST, _LEAST = (1 << 64) - 1, -(1 << 63)


class Parser(Protocol):
    """What the parser filter calls."""

    def parse(self, text: str) -> tuple[Record, float | None] | None:
        """The fields and, if the parser reads one, the time; None when the text is not of this format."""


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _integer(text: str) -> int | float:
    value = int(text)
    return value if _LEAST <= value <= _MOST else float(value)


# Control characters inside strings pass, as they do in Fluent Bit; NaN and Infinity do not.
_decode = json.JSONDecoder(strict=False, parse_constant=_refuse_constant, parse_int=_integer).decode


@dataclass(frozen=True)
class TimeField:
    """How a parser reads the time of a record from one of its fields."""

    key: str
    format: str
    keep: bool

    def take(self, record: Record) -> float | None:
        """The time in seconds since 1970, removed from the record unless it is to be kept."""
        text = record.get(self.key)
        if not isinstance(text, str):
            return None
        fraction = _FRACTION.search(text) if "%L" in self.format else None
        plain = text.replace(fraction.group(0), "", 1) if fraction else text
        layout = self.format.replace(".%L", "").replace(",%L", "").replace("%L", "")
        try:
            moment = datetime.strptime(plain, layout)  # noqa: DTZ007 - the zone is set on the next line
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if not self.keep:
            del record[self.key]
        return moment.timestamp() + (float("0." + fraction.group(1)) if fraction else 0.0)


@dataclass(frozen=True)
class FormatParser(ABC):
    """A parser of one format, with its optional time field and types."""

    time: TimeField | None
    types: Mapping[str, str]
    skip_empty: bool

    @abstractmethod
    def fields(self, text: str) -> Record | None:
        """The fields of the text, or None."""

    def parse(self, text: str) -> tuple[Record, float | None] | None:
        """The fields with their types, and the time."""
        record = self.fields(text)
        if record is None:
            return None
        for key, kind in self.types.items():
            if isinstance(record.get(key), str):
                try:
                    record[key] = _TYPES[kind](record[key])
                except ValueError:
                    continue
        return record, self.time.take(record) if self.time else None


class JsonParser(FormatParser):
    """`Format json`."""

    def fields(self, text: str) -> Record | None:
        """The object, if the text is one."""
        try:
            value = _decode(text)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True)
class RegexParser(FormatParser):
    """`Format regex`: the named groups."""

    pattern: re.Pattern[str]

    def fields(self, text: str) -> Record | None:
        """The named groups of the first match."""
        match = self.pattern.search(text)
        if match is None:
            return None
        return {k: v for k, v in match.groupdict().items() if v is not None and (v or not self.skip_empty)}


@dataclass(frozen=True)
class LogfmtParser(FormatParser):
    """`Format logfmt`: `key=value` pairs; a bare key is true."""

    bare_keys: bool

    def fields(self, text: str) -> Record | None:
        """The pairs of the line."""
        record: Record = {}
        for key, quoted, plain in _LOGFMT.findall(text):
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
            if value or f"{key}=" in text:
                record[key] = value
            elif self.bare_keys:
                record[key] = True
            else:
                return None
        return record or None


def read_parser(section: Section) -> tuple[str, Parser]:
    """The name of a `[PARSER]` section and what it describes."""
    settings = Settings(section)
    name = settings.text("name")
    kind = settings.one_of("format", ("json", "regex", "logfmt"), settings.text("format"))
    time = None
    if layout := settings.text("time_format", ""):
        time = TimeField(settings.text("time_key", "time"), layout, settings.boolean("time_keep", default=False))
    else:
        settings.ignored("time_key", "time_keep")
    types = dict(pair.rpartition(":")[::2] for pair in settings.text("types", "").split())
    for kind_of_value in types.values():
        if kind_of_value not in _TYPES:
            settings.fail("types", f"{kind_of_value!r} is none of {', '.join(_TYPES)}")
    skip_empty = settings.boolean("skip_empty_values", default=True)
    parser: Parser
    if kind == "json":
        parser = JsonParser(time, types, skip_empty)
    elif kind == "regex":
        parser = RegexParser(time, types, skip_empty, compile_regex(settings.text("regex"), section, "Regex"))
    else:
        bare = not settings.boolean("logfmt_no_bare_keys", default=False)
        parser = LogfmtParser(time, types, skip_empty, bare)
    settings.done()
    return name, parser
