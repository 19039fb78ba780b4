"""Waiting between attempts: exponential with full jitter, so that clients do not march in step."""

from __future__ import annotations

import random
import threading


class Backoff:
    """Grows with every failure up to `cap_s`, and begins anew after a success."""

    def __init__(self, base_s: float = 0.2, cap_s: float = 5.0) -> None:
        self._base_s = base_s
        self._cap_s = cap_s
        self.failures = 0

    def next(self) -> float:
        """Count a failure and return how long to wait."""
        self.failures += 1
        ceiling = min(self._cap_s, self._base_s * 2 ** min(self.failures, 16))
        return random.uniform(self._base_s / 2, ceiling)  # noqa: S311  # jitter, not a secret

    def reset(self) -> None:
        """Note a success."""
        self.failures = 0

    def sleep(self, stop: threading.Event) -> bool:
        """Wait, unless `stop` is set meanwhile; return whether to go on."""
        return not stop.wait(self.next())
