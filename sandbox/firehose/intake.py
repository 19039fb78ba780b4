"""The buffer as the reader and the deliverer share it: locked, bounded, and ready to be drained."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from sandbox.firehose.buffering import Buffer, Hints
from sandbox.firehose.records import Batch, Position, Record

_TICK_S = 0.5  # a changed hint is seen after at most this


class Intake:
    """A thread-safe Buffer whose hints may change while it is in use."""

    def __init__(self, hints: Callable[[], Hints]) -> None:
        self._hints = hints
        self._buffer = Buffer()
        self._changed = threading.Condition()
        self._draining = False
        self._in_flight: float | None = None
        self._in_flight_since: float | None = None

    def put(self, records: Iterable[Record]) -> None:
        """Take records; the caller has asked `has_room` before it read them."""
        now = time.monotonic()
        with self._changed:
            for record in records:
                self._buffer.add(record, now)
            self._changed.notify_all()

    def close_origin(self, origin: str, position: Position) -> None:
        """Note the end of a shard, behind all that was read from it."""
        with self._changed:
            self._buffer.close(origin, position, time.monotonic())
            self._changed.notify_all()

    def has_room(self) -> bool:
        """Say whether the reader may go on."""
        with self._changed:
            return self._buffer.has_room(self._hints())

    def drain(self) -> None:
        """Deliver what there is without waiting for the hints; nothing more will come."""
        with self._changed:
            self._draining = True
            self._changed.notify_all()

    def next_batch(self, stop: threading.Event) -> Batch | None:
        """Wait until a batch is due; None when stopped, or drained and empty."""
        with self._changed:
            while not stop.is_set():
                hints = self._hints()
                due = self._buffer.wait(hints, time.monotonic())
                if self._draining and due is None:
                    return None
                if due is not None and (due <= 0 or self._draining):
                    since = self._buffer.since
                    batch = self._buffer.cut(hints)
                    self._in_flight = batch.oldest if batch.records else None
                    self._in_flight_since = since if batch.records else None
                    return batch
                self._changed.wait(min(due, _TICK_S) if due is not None else _TICK_S)
        return None

    def delivered(self) -> None:
        """Note that the batch in flight is durable."""
        with self._changed:
            self._in_flight = self._in_flight_since = None

    def overdue_s(self) -> float:
        """Return how much longer than the buffering interval the oldest record has been waiting here, 0 if it has not.

        Its age would not do: after an outage what is read is old, and delivered as it should be all the same.
        """
        with self._changed:
            since = self._in_flight_since if self._in_flight_since is not None else self._buffer.since
            return 0.0 if since is None else max(0.0, time.monotonic() - since - self._hints().interval_s)

    def snapshot(self) -> dict[str, float | int | None]:
        """Return what waits here; the freshness is the age of the oldest record not yet delivered."""
        with self._changed:
            oldest = self._in_flight if self._in_flight is not None else self._buffer.oldest
            return {
                "records": self._buffer.count,
                "bytes": self._buffer.size,
                "data_freshness_s": round(max(0.0, time.time() - oldest), 3) if oldest is not None else 0.0,
            }
