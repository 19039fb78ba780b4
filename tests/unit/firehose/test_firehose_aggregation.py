from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from sandbox.firehose.aggregation import deaggregate

MAGIC = b"\xf3\x89\x9a\xc2"


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def aggregate(items: list[bytes]) -> bytes:
    records = [field(3, b"\x08\x00" + field(3, item)) for item in items]
    body = field(1, b"partition") + b"".join(records)
    return MAGIC + body + hashlib.md5(body).digest()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=10))
def test_an_aggregate_gives_back_its_records(items: list[bytes]) -> None:
    assert deaggregate(aggregate(items)) == items


@given(st.binary())
def test_anything_else_is_one_record(data: bytes) -> None:
    assert deaggregate(data) == [data]
    assert deaggregate(MAGIC + data) == [MAGIC + data]


@given(st.binary())
def test_a_broken_message_with_the_right_digest_is_never_dropped(body: bytes) -> None:
    data = MAGIC + body + hashlib.md5(body).digest()
    assert deaggregate(data)
