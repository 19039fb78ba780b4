"""Buffering by size and time ("Configure buffering hints"): the condition satisfied first triggers delivery."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sandbox.firehose.records import Batch, Position, Record

MIB = 1024 * 1024
# A GetRecords reply has at most 10 MiB: with less room than that beyond the hint, reading would stall needlessly.
_HEADROOM = 10 * MIB


@dataclass(frozen=True)
class Hints:
    """BufferingHints; the size counts bytes before compression."""

    size_bytes: int
    interval_s: float


@dataclass(slots=True)
class _Entry:
    record: Record | None
    position: tuple[str, Position] | None
    at: float


class Buffer:
    """The records waiting for delivery, in the order of their arrival. Not thread-safe: the pipeline locks."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()
        self.size = 0
        self.count = 0

    def add(self, record: Record, now: float) -> None:
        """Take one record; `now` is a monotonic clock."""
        position = (record.origin, Position(record.sequence)) if record.last else None
        self._entries.append(_Entry(record, position, now))
        self.size += len(record.data)
        self.count += 1

    def close(self, origin: str, position: Position, now: float) -> None:
        """Note that an origin has ended; it counts once all that was read before is delivered."""
        self._entries.append(_Entry(None, (origin, position), now))

    def has_room(self, hints: Hints) -> bool:
        """Say whether reading may go on: memory is bounded by twice the hint (at least 10 MiB more) and one reply."""
        return self.size < hints.size_bytes + max(hints.size_bytes, _HEADROOM)

    def wait(self, hints: Hints, now: float) -> float | None:
        """Return the seconds until a delivery is due, 0 when it is, None when nothing waits."""
        if not self._entries:
            return None
        if self.size >= hints.size_bytes:
            return 0.0
        return max(0.0, self._entries[0].at + hints.interval_s - now)

    def cut(self, hints: Hints) -> Batch:
        """Remove and return the oldest records up to the size hint, at least one."""
        batch, size = Batch(), 0
        while self._entries and size < hints.size_bytes:
            entry = self._entries.popleft()
            if entry.record is not None:
                batch.records.append(entry.record)
                size += len(entry.record.data)
            if entry.position is not None:
                batch.positions[entry.position[0]] = entry.position[1]
        self.size -= size
        self.count -= len(batch.records)
        return batch

    @property
    def since(self) -> float | None:
        """Return when, by the monotonic clock, the first record waiting was taken."""
        return next((entry.at for entry in self._entries if entry.record is not None), None)

    @property
    def oldest(self) -> float | None:
        """Return the arrival time of the oldest record waiting."""
        return next((entry.record.arrived for entry in self._entries if entry.record is not None), None)
