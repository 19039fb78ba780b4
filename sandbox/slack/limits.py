"""How often calls may come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.slack.refusals import rate_limited

# "Tier 3" of Slack's rate limits, for methods other than posting: 50 calls a minute.
TIER_3_PER_MINUTE = 50


@dataclass
class TokenBucket:
    """So many calls at once, and so many more a second.

    Attributes:
        rate: Calls that become possible a second.
        burst: Calls possible at once after a pause.
    """

    rate: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = float(self.burst), self.clock()

    def wait_s(self) -> float:
        """Take one call and return 0, or take none and return after how long one is possible."""
        now = self.clock()
        self._left = min(float(self.burst), self._left + (now - self._at) * self.rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self.rate


class RateLimits:
    """Slack's limits: a channel takes about one message a second, and each other method has its own limit."""

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._channels: dict[str, TokenBucket] = {}
        self._methods: dict[str, TokenBucket] = {}

    def posting(self, channel: str) -> None:
        """Count one new message in a channel, by whatever way it comes.

        Raises:
            SlackRefusalError: `ratelimited`.
        """
        bucket = self._channels.setdefault(channel, TokenBucket(self._rate, self._burst, self._clock))
        self._take(bucket)

    def calling(self, method: str) -> None:
        """Count one call of a method.

        Raises:
            SlackRefusalError: `ratelimited`.
        """
        tier = TokenBucket(TIER_3_PER_MINUTE / 60, TIER_3_PER_MINUTE, self._clock)
        self._take(self._methods.setdefault(method, tier))

    @staticmethod
    def _take(bucket: TokenBucket) -> None:
        if (wait := bucket.wait_s()) > 0:
            raise rate_limited(wait)
