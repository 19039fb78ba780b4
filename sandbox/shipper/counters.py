"""What the shipper counts, for its health answer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass
class Counters:
    """Counts since the process started.

    Attributes:
        lines_read: Lines taken from files.
        records_in: Records that entered the filters.
        records_out: Records that an output acknowledged.
        bytes: Their size.
        retries: Calls or records sent again.
        truncated: Records that say they were cut short.
        skipped: Lines too long for the tail input that were passed over.
        filtered: Records that filters dropped on purpose.
        dropped: Records given up on by an output.
        last_shipped: `log_file` and `time` of the last record acknowledged.
        last_error: The last thing that failed, and when.
        failing_since: Since when nothing gets through; None while deliveries succeed.
        faults: What fails in this process itself, by where: `since` and `message`.
    """

    lines_read: int = 0
    records_in: int = 0
    records_out: int = 0
    bytes: int = 0
    retries: int = 0
    truncated: int = 0
    skipped: int = 0
    filtered: int = 0
    dropped: int = 0
    last_shipped: dict[str, Any] | None = None
    last_error: dict[str, str] | None = None
    failing_since: str | None = None
    faults: dict[str, dict[str, str]] = field(default_factory=dict)

    def fail(self, message: str) -> None:
        """Remember what failed."""
        self.last_error = {"at": _now(), "message": message}

    def delivered(self) -> None:
        """Something got through."""
        self.failing_since = None

    def refused(self, message: str) -> None:
        """A whole delivery failed."""
        self.fail(message)
        self.failing_since = self.failing_since or _now()

    def fault(self, where: str, error: Exception) -> None:
        """A part of this process failed, and will try again."""
        message = f"{where}: {type(error).__name__}: {error}"
        self.fail(message)
        since = self.faults.get(where, {}).get("since", _now())
        self.faults = {**self.faults, where: {"since": since, "message": message}}

    def mended(self, where: str) -> None:
        """It works again."""
        if where in self.faults:
            self.faults = {name: fault for name, fault in self.faults.items() if name != where}

    def as_json(self) -> dict[str, Any]:
        """All of them by name."""
        return dataclasses.asdict(self)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
