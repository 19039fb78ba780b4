from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cali_consumer.checkpoint import BatchProgress


@given(st.data())
def test_never_passes_a_record_that_is_not_durable(data: st.DataObject) -> None:
    length = data.draw(st.integers(0, 30))
    owed = data.draw(st.lists(st.integers(0, length - 1), max_size=40)) if length else []
    progress = BatchProgress([f"{number:05d}" for number in range(length)])
    for index in owed:
        progress.owe(index)
    left = list(owed)
    for index in data.draw(st.permutations(owed)):
        _holds(progress, length, left)
        progress.durable(index)
        left.remove(index)
    _holds(progress, length, left)
    assert progress.complete


def _holds(progress: BatchProgress, length: int, left: list[int]) -> None:
    expected = min(left, default=length)
    assert progress.safe() == (f"{expected - 1:05d}" if expected else None)
    assert progress.complete == (not left)
