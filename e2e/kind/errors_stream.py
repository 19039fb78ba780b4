"""A stream of errors, no two alike, written to a container log of its own as a container runtime writes it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

from e2e.lines import Container
from e2e.past_incidents import some_incident
from e2e.pipeline import Pipeline, payload

_SYLLABLES = ("ba", "co", "du", "fi", "go", "ha", "ke", "lo", "mu", "ni", "po", "ra", "se", "ti", "vo", "wu")
_TICK_S = 0.1


class ErrorStream:
    """Writes errors at a pace, and knows which of them were alerted.

    Args:
        pipeline: The sandbox.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._container = Container(pipeline.folder / "containers", "errors")
        self._message = some_incident(pipeline, 4)["error_message"]
        self._words = _words(random.Random(self._container.path.name))
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._times: Counter[str] = Counter()
        self._next = 0
        #: The time of each line written, which names it in every store.
        self.written: list[str] = []

    def write(self, count: int) -> None:
        """Write so many at once."""
        lines = [
            json.dumps(
                {
                    "level": "ERROR",
                    "service": "errors",
                    # Words, since numbers are masked before two errors are compared.
                    "message": f"{self._message} ({next(self._words)} {next(self._words)})",
                }
            ).encode()
            for _ in range(count)
        ]
        self.written += self._container.write(*lines)

    def start(self, per_s: float) -> None:
        """Write so many a second from now on."""

        def run() -> None:
            begun, before = time.monotonic(), len(self.written)
            while not self._ending.wait(_TICK_S):
                due = int((time.monotonic() - begun) * per_s) - (len(self.written) - before)
                if due > 0:
                    self.write(due)

        self._ending.clear()
        self._thread = threading.Thread(target=run, name="errors", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write no more."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def alerted(self) -> Counter[str]:
        """How many messages Slack took for each line, by its time."""
        # Slack keeps so many messages and no more: each is read once, soon after it came.
        for message in self._pipeline.alerts(since=self._next):
            self._next = message["index"] + 1
            self._times[str(payload(message).get("log_time"))] += 1
        own = set(self.written)
        return Counter({time: count for time, count in self._times.items() if time in own})

    def missing(self) -> set[str]:
        """Lines that were not alerted (yet)."""
        return set(self.written) - set(self.alerted())


def _words(chance: random.Random) -> Iterator[str]:
    """Words without end, no two of them likely to be the same."""
    while True:
        yield "".join(chance.choice(_SYLLABLES) for _ in range(6))
