"""Waiting for conditions, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(look: Callable[[], Found | None], what: str, *, within_s: float = 30.0) -> Found:
    """What `look` finds, as soon as it finds anything; fails with `what` after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    last: BaseException | None = None
    while True:
        try:
            found = look()
        except Exception as error:  # noqa: BLE001 - a store that is not there yet is one reason to look again
            found, last = None, error
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s:.0f} s: {what}") from last
        time.sleep(0.2)
