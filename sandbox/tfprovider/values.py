"""Terraform's values in Python, and their form on the wire."""

from __future__ import annotations

import json
from typing import Any, Final

import msgpack

#: A value as Terraform holds it: None, bool, number, str, list, dict, or UNKNOWN.
Value = Any
#: The attributes and blocks of one object.
Attributes = dict[str, Value]


class Unknown:
    """A value that is known only after apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def _extension(_code: int, _data: bytes) -> Unknown:
    return UNKNOWN


def _default(value: object) -> msgpack.ExtType:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\x00")
    raise TypeError(f"{type(value).__name__} is no Terraform value")


def unpack(data: bytes) -> Value:
    """A value from the wire."""
    return msgpack.unpackb(data, ext_hook=_extension, raw=False, strict_map_key=False)


def pack(value: Value) -> bytes:
    """A value for the wire."""
    packed = msgpack.packb(value, default=_default, use_bin_type=True)
    return bytes(packed or b"")


def contains_unknown(value: Value) -> bool:
    """Whether any part of a value is known only after apply."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def without_unknown(value: Value) -> Value:
    """A copy in which what is not known yet is null."""
    if isinstance(value, dict):
        return {key: without_unknown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_unknown(item) for item in value]
    return None if value is UNKNOWN else value


def is_zero(value: Value) -> bool:
    """Whether a value says nothing: null, off, empty, or made of such values."""
    if isinstance(value, dict):
        return all(is_zero(item) for item in value.values())
    if isinstance(value, list):
        return all(is_zero(item) for item in value)
    return value is None or value == "" or (isinstance(value, bool | int | float) and not value)


def same_json(one: Value, other: Value) -> bool:
    """Whether two strings hold the same JSON document; a list of one string equals the string, as in IAM."""
    try:
        return bool(_canonical(json.loads(one)) == _canonical(json.loads(other)))
    except (TypeError, ValueError):
        return False


def _canonical(document: Value) -> Value:
    if isinstance(document, dict):
        return {key: _canonical(value) for key, value in document.items()}
    if isinstance(document, list):
        items = [_canonical(item) for item in document]
        if len(items) == 1 and isinstance(items[0], str):
            return items[0]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return document
