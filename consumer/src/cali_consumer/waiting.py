"""A queue whose items may have to wait, and of those that are due the oldest error goes first."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class Waiting(Generic[T]):
    """Items with an order and a time before which they are not due."""

    def __init__(self) -> None:
        self._items: list[tuple[int, float, T]] = []
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: T, *, order: int, delay_s: float = 0.0) -> None:
        """Add an item that is due after `delay_s`."""
        with self._changed:
            self._items.append((order, time.monotonic() + delay_s, item))
            self._changed.notify_all()

    def wait_due(self, timeout_s: float) -> bool:
        """Wait until something is due; False when nothing was in time."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                soonest = min((due for _, due, _ in self._items), default=deadline)
                if self._items and soonest <= now:
                    return True
                if now >= deadline:
                    return False
                self._changed.wait(max(min(soonest, deadline) - now, 0.001))
            return False

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def pop_due(self) -> T | None:
        """Take the first of those that are due; None when none is."""
        with self._changed:
            now = time.monotonic()
            due = [entry for entry in self._items if entry[1] <= now]
            if not due:
                return None
            entry = min(due, key=lambda entry: entry[:2])
            self._items.remove(entry)
            return entry[2]

    def __len__(self) -> int:
        return len(self._items)
