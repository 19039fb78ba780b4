from __future__ import annotations

import threading

import pytest

from cali_consumer import pacing
from cali_consumer.pacing import Pacer
from cali_consumer.waiting import Waiting


class Clock:
    """Time that passes by waiting for it."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


class Stop(threading.Event):
    """Waiting moves the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0
        return self.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pacing, "time", made)
    return made


def times(pacer: Pacer, clock: Clock, count: int) -> list[float]:
    stop, at = Stop(clock), []
    for _ in range(count):
        assert pacer.acquire(stop)
        at.append(round(clock.now - 100, 3))
    return at


def test_a_burst_and_then_the_pace(clock: Clock) -> None:
    assert times(Pacer(1, 3), clock, 6) == [0, 0, 0, 1, 2, 3]


def test_retry_after_is_obeyed(clock: Clock) -> None:
    pacer = Pacer(1, 3)
    pacer.close_for(5)
    assert times(pacer, clock, 1) == [5]


def test_stop_ends_the_wait(clock: Clock) -> None:
    pacer, stop = Pacer(1, 1), Stop(clock)
    assert pacer.acquire(stop)
    stop.set()
    assert not pacer.acquire(stop)


def test_of_what_is_due_the_oldest_goes_first() -> None:
    queue: Waiting[str] = Waiting()
    queue.put("young", order=3)
    queue.put("old", order=1)
    queue.put("oldest, but later", order=0, delay_s=60)
    assert queue.wait_due(1)
    assert [queue.pop_due(), queue.pop_due(), queue.pop_due()] == ["old", "young", None]
    assert not queue.wait_due(0.01)
    queue.close()
    assert not queue.wait_due(60)
