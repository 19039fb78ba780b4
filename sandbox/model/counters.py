"""What the server has done so far, for `/_sandbox/health`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass
class Counters:
    """Requests by endpoint, answers by status, and the last request."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    in_flight: int = 0
    last: dict[str, Any] | None = None

    def began(self, endpoint: str) -> None:
        """Count a request that has arrived."""
        self.requests[endpoint] += 1
        self.in_flight += 1

    def ended(self, endpoint: str, status: int, seconds: float) -> None:
        """Count its answer."""
        self.in_flight -= 1
        self.statuses[str(status)] += 1
        self.last = {
            "endpoint": endpoint,
            "status": status,
            "seconds": round(seconds, 4),
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        }

    def used(self, usage: dict[str, Any]) -> None:
        """Add the tokens of one answer."""
        self.prompt_tokens += usage.get("prompt_tokens", 0)
        self.completion_tokens += usage.get("completion_tokens", 0)

    def shown(self) -> dict[str, Any]:
        """Return the counters as JSON."""
        return {
            "requests": dict(self.requests),
            "statuses": dict(self.statuses),
            "faults": self.faults,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "in_flight": self.in_flight,
            "last_request": self.last,
        }
