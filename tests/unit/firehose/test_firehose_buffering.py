from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.firehose.buffering import MIB, Buffer, Hints
from sandbox.firehose.records import Batch, Position, Record

SIZES = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 50)), max_size=60)


def fill(sizes: list[tuple[str, int]]) -> tuple[Buffer, list[Record]]:
    buffer, records = Buffer(), []
    for number, (origin, size) in enumerate(sizes):
        record = Record(bytes(size), float(number), origin, f"{number:05d}")
        records.append(record)
        buffer.add(record, float(number))
    return buffer, records


def cut_all(buffer: Buffer, hints: Hints) -> list[Batch]:
    batches = []
    while buffer.wait(hints, 1e9) is not None:
        batches.append(buffer.cut(hints))
    return batches


@given(SIZES, st.integers(1, 100))
def test_batches_hold_every_record_once_and_in_order(sizes: list[tuple[str, int]], hint: int) -> None:
    buffer, records = fill(sizes)
    batches = cut_all(buffer, Hints(hint, 60))
    assert [record for batch in batches for record in batch.records] == records
    assert (buffer.size, buffer.count) == (0, 0)


@given(SIZES, st.integers(1, 100))
def test_a_batch_reaches_the_size_hint_with_its_last_record_only(sizes: list[tuple[str, int]], hint: int) -> None:
    buffer, _ = fill(sizes)
    for batch in cut_all(buffer, Hints(hint, 60)):
        assert sum(len(record.data) for record in batch.records[:-1]) < hint


@given(SIZES, st.integers(1, 100))
def test_positions_never_pass_what_is_delivered(sizes: list[tuple[str, int]], hint: int) -> None:
    buffer, _ = fill(sizes)
    delivered: dict[str, str] = {}
    for batch in cut_all(buffer, Hints(hint, 60)):
        delivered |= {record.origin: record.sequence for record in batch.records}
        for origin, position in batch.positions.items():
            assert position.sequence == delivered[origin]


@given(st.integers(1, 5), st.integers(1, 5))
def test_an_aggregate_moves_the_position_with_its_last_record(parts: int, hint: int) -> None:
    buffer = Buffer()
    for index in range(parts):
        buffer.add(Record(b"x", 1.0, "a", "7", index, last=index == parts - 1), 0.0)
    batches = cut_all(buffer, Hints(hint, 60))
    assert [batch.positions for batch in batches[:-1]] == [{}] * (len(batches) - 1)
    assert batches[-1].positions == {"a": Position("7")}


@given(SIZES.filter(bool), st.floats(0, 900), st.floats(0, 1000))
def test_delivery_is_due_by_size_or_by_the_age_of_the_first_record(
    sizes: list[tuple[str, int]], interval: float, now: float
) -> None:
    buffer, records = fill(sizes)
    total = sum(len(record.data) for record in records)
    assert buffer.wait(Hints(max(1, total), interval), now) == (0.0 if total >= 1 else max(0.0, interval - now))
    assert buffer.wait(Hints(total + 1, interval), now) == max(0.0, interval - now)


def test_an_empty_buffer_is_never_due() -> None:
    assert Buffer().wait(Hints(1, 0), 0) is None


def test_the_end_of_a_shard_counts_after_its_records() -> None:
    buffer, _ = fill([("a", 10), ("a", 10)])
    buffer.close("a", Position("00001", closed=True), 2.0)
    positions = [batch.positions["a"] for batch in cut_all(buffer, Hints(10, 60))]
    assert [position.closed for position in positions] == [False] * (len(positions) - 1) + [True]
    assert positions[0] == Position("00000")


def test_reading_stops_at_a_bound_and_goes_on_after_a_cut() -> None:
    hints = Hints(MIB, 60)
    buffer = Buffer()
    while buffer.has_room(hints):
        buffer.add(Record(bytes(MIB), 1.0, "a", "1"), 0.0)
    assert buffer.size <= 12 * MIB
    buffer.cut(hints)
    assert buffer.has_room(hints)
