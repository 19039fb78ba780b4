"""What every output is: a thread that delivers batches and says which are done."""

from __future__ import annotations

import logging
import queue
import random
import threading
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field

from sandbox.shipper.counters import Counters
from sandbox.shipper.event import Event, matcher, to_json
from sandbox.shipper.settings import Settings
from sandbox.shipper.tail.tracked import TrackedFile

log = logging.getLogger(__name__)

#: The limits of PutRecords; the other outputs keep them too.
BATCH_RECORDS = 500
BATCH_BYTES = 5 * 1000 * 1000


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait before the next try: between `base_s` and a bound that doubles up to `cap_s`."""

    base_s: float
    cap_s: float

    def wait(self, failures: int) -> float:
        """Seconds before the next try after so many failures."""
        bound = min(self.cap_s, self.base_s * 2 ** min(failures, 16))
        return random.uniform(min(self.base_s, bound), bound)  # noqa: S311 - jitter, no secret


@dataclass
class Batch:
    """Records that are delivered together.

    Attributes:
        token: Names it in the files' lists of what is not acknowledged.
        records: Each as JSON.
        size: Their bytes.
        starts: The earliest byte of each file in it.
        last: What the last record says of its line.
        truncated: How many say that they were cut short.
    """

    token: int
    records: list[bytes] = field(default_factory=list)
    size: int = 0
    starts: dict[TrackedFile, int] = field(default_factory=dict)
    last: dict[str, object] = field(default_factory=dict)
    truncated: int = 0


class Output(ABC):
    """One `[OUTPUT]` section: batches go in by `submit`, and come back in `done` once they are acknowledged."""

    def __init__(self, settings: Settings, counters: Counters, policy: RetryPolicy) -> None:
        self.settings = settings
        self.counters = counters
        self.policy = policy
        self.matches = matcher(settings)
        self.retry_limit = self._retry_limit()
        self.done: deque[Batch] = deque()
        self.stopping = threading.Event()
        self._building: list[Batch] = []
        self._next_token = 0
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=settings.section.title, daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def dead(self) -> bool:
        """Whether the thread has ended though nobody stopped it."""
        return self._thread.ident is not None and not self._thread.is_alive() and not self.stopping.is_set()

    @property
    def title(self) -> str:
        """What the thread and its faults are called."""
        return self.settings.section.title

    def stop(self) -> None:
        """End the thread; what it has not delivered stays unacknowledged."""
        self.stopping.set()
        self._queue.put(None)
        self._thread.join(timeout=15)

    def encode(self, event: Event) -> bytes | None:
        """The record as it is sent; None when it can never be."""
        return to_json(event.record)

    def take(self, event: Event) -> int:
        """Put an event into the batch being built; returns its size."""
        data = self.encode(event)
        if data is None:
            self.counters.dropped += 1
            return 0
        batch = self._building[-1] if self._building else None
        if batch is None or len(batch.records) >= BATCH_RECORDS or batch.size + len(data) > BATCH_BYTES:
            self._next_token += 1
            batch = Batch(self._next_token * 1000 + id(self) % 1000)
            self._building.append(batch)
        batch.records.append(data)
        batch.size += len(data)
        if event.start < batch.starts.get(event.file, event.start + 1):
            batch.starts[event.file] = event.start
            event.file.waiting[batch.token] = event.start
        batch.truncated += event.record.get("truncated") is True
        batch.last = {"log_file": event.record.get("log_file"), "time": event.record.get("time")}
        return len(data)

    def flush(self) -> None:
        """Hand what was built to the thread."""
        for batch in self._building:
            self._queue.put(batch)
        self._building.clear()

    @abstractmethod
    def deliver(self, batch: Batch) -> None:
        """Send a batch and return once it is acknowledged or given up; raises Interrupted when it stops before."""

    def _retry_limit(self) -> int | None:
        text = self.settings.text("retry_limit", "1").lower()
        if text in ("no_limits", "false", "off", "0"):
            return None
        if text == "no_retries":
            return 0
        if not text.isdigit():
            self.settings.fail("retry_limit", f"{text!r} is neither a number, no_limits nor no_retries")
        return int(text)

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None:
            if not self._persist(batch):
                return
            self.done.append(batch)

    def _persist(self, batch: Batch) -> bool:
        """Deliver a batch whatever happens, all of it again after what nobody foresaw; False when stopped before."""
        failures = 0
        while True:
            try:
                self.deliver(batch)
            except InterruptedError:
                return False
            except Exception as error:  # whatever it is: nobody would start this thread again
                log.exception("a delivery failed unexpectedly, and is tried again", extra={"output": self.title})
                self.counters.fault(self.title, error)
                if self.stopping.wait(self.policy.wait(failures)):
                    return False
                failures += 1
            else:
                self.counters.mended(self.title)
                return True
