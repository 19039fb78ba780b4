"""Latency from the log line (the writer's clock) to Slack (the server's clock)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: `status` looks at the alerts received last.
WINDOW = 200


@dataclass(frozen=True)
class Latency:
    """Percentiles in seconds; None while there is no alert."""

    count: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None


def moment(text: str) -> datetime:
    """A RFC 3339 time, cut to microseconds."""
    return datetime.fromisoformat(text).astimezone(UTC)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` of all do not exceed.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summarise(values: Sequence[float]) -> Latency:
    """The percentiles of latencies in seconds."""
    if not values:
        return Latency(0, None, None, None)
    p50, p95, p99 = (round(percentile(values, share), 3) for share in (0.50, 0.95, 0.99))
    return Latency(len(values), p50, p95, p99)


def of_messages(messages: Iterable[dict[str, Any]]) -> list[float]:
    """Seconds from log line to receipt, for every Slack message that names its log line's time."""
    seconds = []
    for message in messages:
        written = ((message.get("metadata") or {}).get("event_payload") or {}).get("log_time")
        if written:
            seconds.append((moment(message["received_at"]) - moment(written)).total_seconds())
    return seconds
