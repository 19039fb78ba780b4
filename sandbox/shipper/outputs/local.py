"""`stdout` and `null`."""

from __future__ import annotations

import sys

from sandbox.shipper.counters import Counters
from sandbox.shipper.outputs.base import Batch, Output, RetryPolicy
from sandbox.shipper.settings import Settings


class Stdout(Output):
    """Prints each record as a line of JSON."""

    def __init__(self, settings: Settings, counters: Counters, policy: RetryPolicy) -> None:
        super().__init__(settings, counters, policy)
        if settings.text("format", "").lower() != "json_lines":
            settings.fail("format", "only json_lines is supported")
        settings.ignored("json_date_key", "json_date_format", "workers")

    def deliver(self, batch: Batch) -> None:
        """Print and forget."""
        sys.stdout.buffer.write(b"\n".join(batch.records) + b"\n")
        sys.stdout.buffer.flush()
        self.counters.records_out += len(batch.records)
        self.counters.bytes += batch.size


class Null(Output):
    """Acknowledges everything."""

    def __init__(self, settings: Settings, counters: Counters, policy: RetryPolicy) -> None:
        super().__init__(settings, counters, policy)
        settings.ignored("workers", "format")

    def deliver(self, batch: Batch) -> None:
        """Count it."""
        self.counters.records_out += len(batch.records)
        self.counters.bytes += batch.size
