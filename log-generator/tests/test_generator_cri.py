from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cali_log_generator.cri import PIECE_BYTES, Clock, encode, pieces, rfc3339_nano

LINE = re.compile(rb"^(\S+) stdout ([FP]) (.*)$", re.DOTALL)


def join(cuts: list[tuple[bytes, bytes]]) -> bytes:
    assert [tag for tag, _ in cuts] == [b"P"] * (len(cuts) - 1) + [b"F"]
    return b"".join(text for _, text in cuts)


@given(text=st.binary(max_size=400), limit=st.integers(1, 64))
def test_pieces_join_to_the_line_and_none_is_too_long(text: bytes, limit: int) -> None:
    cuts = list(pieces(text, limit))

    assert join(cuts) == text
    assert all(len(text) <= limit for _, text in cuts)
    assert all(len(text) == limit for _, text in cuts[:-1])


@given(st.text(max_size=60).filter(lambda text: "\n" not in text and "\r" not in text), st.integers(0, 3))
def test_an_encoded_line_reads_back(text: str, long: int) -> None:
    line = text + "é" * (long * PIECE_BYTES // 2)

    written = encode(line, Clock())

    found = [LINE.match(part) for part in written.removesuffix(b"\n").split(b"\n")]
    assert all(found)
    assert join([(match[2], match[3]) for match in found if match]) == line.encode("utf-8", "replace")
    times = [match[1] for match in found if match]
    assert len(set(times)) == len(times)


def test_a_line_of_exactly_the_limit_is_one_piece() -> None:
    assert list(pieces(b"x" * PIECE_BYTES)) == [(b"F", b"x" * PIECE_BYTES)]


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_times_are_printed_as_go_prints_them(nanoseconds: int) -> None:
    text = rfc3339_nano(nanoseconds)

    whole, _, fraction = text.removesuffix("Z").partition(".")
    assert not fraction.endswith("0")
    assert int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp()) == nanoseconds // 10**9
    assert int(fraction.ljust(9, "0")) == nanoseconds % 10**9


def test_a_clock_never_shows_the_same_time_twice() -> None:
    clock = Clock()
    times = [clock.now() for _ in range(5000)]
    assert all(before < after for before, after in pairwise(times))
