"""What is due when: a lane gives out its records at an even pace."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from cali_log_generator.records import Record

#: At most so many records are taken from a lane at a time, so that a stop is heard and times stay true.
BATCH = 500
#: A lane further behind than this (a suspended laptop) goes on from now instead of catching up in a flood.
_FORGIVEN_S = 1.0


class Lane:
    """Records at a rate.

    Args:
        records: What to give out.
        rate: Ticks a second.
        start: When the first tick is due.
        per_tick: Records at each tick; a storm has many.
    """

    def __init__(self, records: Iterator[Record], rate: float, start: float, per_tick: int = 1) -> None:
        self._records = records
        self._interval = 1 / rate
        self._start = start
        self._ticks = 0
        self._per_tick = per_tick
        self._owed = 0
        self.done = False

    @property
    def due_at(self) -> float:
        """When the next record is due; never, once the lane is done."""
        if self.done:
            return math.inf
        return -math.inf if self._owed else self._next_tick()

    def take(self, now: float) -> list[Record]:
        """Return the records that are due."""
        if self.done:
            return []
        behind = now - self._next_tick()
        if behind > _FORGIVEN_S + self._interval:
            self._start += behind
        if behind >= 0:
            ticks = math.floor((now - self._start) / self._interval) + 1 - self._ticks
            ticks = max(1, ticks)  # rounding must not hold back what `due_at` promised
            self._ticks += ticks
            self._owed += ticks * self._per_tick
        batch = list(itertools.islice(self._records, min(self._owed, BATCH)))
        self.done = len(batch) < min(self._owed, BATCH)
        self._owed -= len(batch)
        return batch

    def _next_tick(self) -> float:
        return self._start + self._ticks * self._interval
