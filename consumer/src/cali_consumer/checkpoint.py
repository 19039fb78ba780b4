"""How far a shard may be checkpointed: never past a record with an effect that is not durable."""

from __future__ import annotations

import threading
from collections.abc import Sequence


class BatchProgress:
    """The records of one batch, in the shard's order, and which of them are dealt with.

    Args:
        sequence_numbers: Of the batch's records, in order.
    """

    def __init__(self, sequence_numbers: Sequence[str]) -> None:
        self._sequence_numbers = sequence_numbers
        self._open: dict[int, int] = {}
        self._lock = threading.Lock()

    def owe(self, index: int) -> None:
        """A record has one more effect that is not durable yet."""
        with self._lock:
            self._open[index] = self._open.get(index, 0) + 1

    def durable(self, index: int) -> None:
        """One effect of a record is durable."""
        with self._lock:
            left = self._open[index] - 1
            if left:
                self._open[index] = left
            else:
                del self._open[index]

    @property
    def complete(self) -> bool:
        """Whether every effect is durable."""
        with self._lock:
            return not self._open

    def safe(self) -> str | None:
        """The last sequence number up to which all is durable; None when the first record already is not."""
        with self._lock:
            end = min(self._open, default=len(self._sequence_numbers))
        return self._sequence_numbers[end - 1] if end else None
