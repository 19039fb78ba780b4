from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from cali_log_generator.catalogue import Catalogue
from cali_log_generator.lanes import BATCH, Lane
from cali_log_generator.records import Record, make


def records(everything: Catalogue, count: int | None = None) -> Iterator[Record]:
    one = make(everything.errors[0], random.Random(0))
    return itertools.repeat(one) if count is None else itertools.repeat(one, count)


def test_records_come_at_even_times(everything: Catalogue) -> None:
    lane = Lane(records(everything, 5), rate=1, start=100)

    times = []
    while lane.due_at < float("inf"):
        times += [lane.due_at] * len(lane.take(lane.due_at))

    assert times == [100, 101, 102, 103, 104]


def test_nothing_is_given_before_it_is_due(everything: Catalogue) -> None:
    lane = Lane(records(everything), rate=2, start=100)

    assert [len(lane.take(at)) for at in (99.9, 100.0, 100.4, 100.5, 100.9)] == [0, 1, 0, 1, 0]


def test_a_late_call_catches_up(everything: Catalogue) -> None:
    lane = Lane(records(everything), rate=100, start=0)

    assert len(lane.take(0.495)) == 50


def test_a_long_sleep_is_not_followed_by_a_flood(everything: Catalogue) -> None:
    lane = Lane(records(everything), rate=10, start=0)
    lane.take(0)

    assert len(lane.take(3600)) == 1
    assert 3600 < lane.due_at <= 3600.11


def test_a_storm_comes_at_once_in_batches(everything: Catalogue) -> None:
    lane = Lane(records(everything), rate=0.1, start=0, per_tick=BATCH + 20)

    assert [len(lane.take(0)) for _ in range(3)] == [BATCH, 20, 0]
    assert lane.due_at == 10


def test_a_lane_ends_with_its_records(everything: Catalogue) -> None:
    lane = Lane(records(everything, 3), rate=1000, start=0)

    given = sum(len(lane.take(at / 100)) for at in range(10))

    assert given == 3
    assert lane.done
