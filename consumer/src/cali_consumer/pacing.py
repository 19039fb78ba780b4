"""How fast messages may go out: a token bucket that a server's Retry-After can close."""

from __future__ import annotations

import threading
import time


class Pacer:
    """Lets through `rate` a second, and up to `burst` at once after a rest.

    Args:
        rate: Messages a second.
        burst: The bucket's size.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = time.monotonic()
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def acquire(self, stop: threading.Event) -> bool:
        """Wait for a token; False when `stop` was set meanwhile."""
        while not stop.is_set():
            wait = self._take()
            if wait <= 0:
                return True
            stop.wait(min(wait, 1.0))
        return False

    def close_for(self, seconds: float) -> None:
        """Let nothing through for a while; one message may go right after it."""
        with self._lock:
            self._refill()
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)
            self._tokens = min(self._tokens, 0.0)

    def _take(self) -> float:
        with self._lock:
            self._refill()
            now = time.monotonic()
            if now < self._closed_until:
                return self._closed_until - now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0
            return (1 - self._tokens) / self._rate

    def _refill(self) -> None:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
