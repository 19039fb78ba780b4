"""How long the stand-in takes to answer a chat request."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from itertools import pairwise

# (share of the requests, seconds within which they are answered). The promise to keep is made against the
# median, p95 and p99; the ends keep the slowest and the fastest answers within what a hosted model shows.
REALISTIC: tuple[tuple[float, float], ...] = (
    (0.00, 0.45),
    (0.25, 0.90),
    (0.50, 1.20),
    (0.75, 1.60),
    (0.95, 2.50),
    (0.99, 6.00),
    (1.00, 9.00),
)


class LatencyDistribution:
    """Seconds drawn from a distribution that is given by some of its quantiles.

    Between two quantiles the logarithm of the time grows evenly: the times spread over an order of magnitude.
    """

    def __init__(self, points: tuple[tuple[float, float], ...] = REALISTIC, *, seed: int = 0) -> None:
        shares = [share for share, _ in points]
        if len(points) < 2 or shares[0] != 0 or shares[-1] != 1 or any(a >= b for a, b in pairwise(shares)):
            raise ValueError("quantiles must rise from 0 to 1")
        if points[0][1] <= 0 or any(a[1] > b[1] for a, b in pairwise(points)):
            raise ValueError("times must be positive and never fall")
        self._shares = shares
        self._logs = [math.log(seconds) for _, seconds in points]
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret

    def quantile(self, share: float) -> float:
        """Return the time within which `share` of the requests are answered."""
        right = min(bisect_right(self._shares, share), len(self._shares) - 1)
        left = right - 1
        part = (share - self._shares[left]) / (self._shares[right] - self._shares[left])
        return math.exp(self._logs[left] + part * (self._logs[right] - self._logs[left]))

    def sample(self) -> float:
        """Return the time of the next request."""
        return self.quantile(self._random.random())
