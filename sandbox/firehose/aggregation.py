"""KPL aggregation: one Kinesis record with many user records in it.

"Configure source settings for Amazon Kinesis Data Streams": Firehose de-aggregates such records before delivery. The
format is a magic number, a protobuf message (field 3: records, whose field 3 is the data) and the message's MD5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

_MAGIC = b"\xf3\x89\x9a\xc2"
_DIGEST = 16


def deaggregate(data: bytes) -> list[bytes]:
    """Return the user records of a Kinesis record; the record itself when it is not an aggregate."""
    body = data[len(_MAGIC) : -_DIGEST]
    if not data.startswith(_MAGIC) or hashlib.md5(body, usedforsecurity=False).digest() != data[-_DIGEST:]:
        return [data]
    try:
        records = [
            bytes(value)
            for number, record in _fields(memoryview(body))
            if number == 3
            for inner, value in _fields(record)
            if inner == 3
        ]
    except (ValueError, IndexError):
        return [data]
    return records or [data]


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield the length-delimited fields of a protobuf message."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        value, position = _varint(message, position)
        if key & 7 == 2:
            if position + value > len(message):
                raise ValueError("the field is longer than the message")
            yield key >> 3, message[position : position + value]
            position += value
        elif key & 7 != 0:
            raise ValueError("a wire type that the format does not have")


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = message[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
