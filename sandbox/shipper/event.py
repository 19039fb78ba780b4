"""What flows through the pipeline."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.shipper.settings import Settings

if TYPE_CHECKING:
    from sandbox.shipper.tail.tracked import TrackedFile

Record = dict[str, Any]
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(slots=True)
class Event:
    """One record on its way.

    Attributes:
        tag: What filters and outputs match on.
        time: Seconds since 1970, as the parser of its line read them.
        record: Its fields. Bytes that are no UTF-8 stand in strings as lone surrogates.
        file: Where it was read.
        start: Offset of the first byte it was made of.
    """

    tag: str
    time: float
    record: Record
    file: TrackedFile
    start: int


def to_json(record: Record) -> bytes:
    """The record as JSON in UTF-8; each byte that was no UTF-8 becomes U+FFFD."""
    text = _encode(record)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text).encode()


def matcher(settings: Settings) -> Callable[[str], bool]:
    """Whether a tag is meant by the section's Match or Match_Regex."""
    pattern = settings.text("match", "")
    expression = settings.text("match_regex", "")
    if expression:
        return lambda tag: re.search(expression, tag) is not None
    if pattern == "*":
        return lambda _tag: True
    translated = re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
    return lambda tag: translated.match(tag) is not None
