"""What flows through a delivery stream."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it arrived.

    Attributes:
        data: The bytes, untouched.
        arrived: Approximate arrival time, seconds since the epoch.
        origin: The shard of one life of the source stream; positions are kept by it.
        sequence: The sequence number in that origin.
        sub_sequence: The place in an aggregated Kinesis record.
        last: Whether the position may move to `sequence` once this record is delivered.
    """

    data: bytes
    arrived: float
    origin: str
    sequence: str
    sub_sequence: int = 0
    last: bool = True

    @property
    def record_id(self) -> str:
        """Return the identifier that stays the same over all delivery attempts."""
        return f"{self.sequence}.{self.sub_sequence}"


@dataclass(frozen=True, slots=True)
class Position:
    """How far an origin is delivered; `closed` when nothing more will come from it."""

    sequence: str | None
    closed: bool = False


@dataclass(slots=True)
class Batch:
    """Records delivered together, and the positions that hold once they are durable."""

    records: list[Record] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the bytes of all records, before delimiters and compression."""
        return sum(len(record.data) for record in self.records)

    @property
    def oldest(self) -> float:
        """Return the arrival time of the oldest record."""
        return min(record.arrived for record in self.records)
