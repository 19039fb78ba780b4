"""An error storm: a service logs one error over and over, each time with other numbers, faster than it is read."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from e2e.pipeline import STREAM, Pipeline

_WRITERS = 2
_BATCH = 500
_PAUSE_S = 0.2

#: A storm's lines are long: every attempt at the request. All of it is masked to tell errors apart.
_ATTEMPT = "upstream 10.{:03d}.3.{:03d}:8443 of order {:05d} for user-{:05d}@example.com ended after {:05d} ms; "
_ATTEMPTS = 21
#: So many different lines are made once, so that the writers leave the cores to the consumers.
_MESSAGES = 500


class ErrorStorm:
    """Writes into the stream itself, so that what reads it is all that is measured.

    Nearly all of the work that a record makes is the consumer's: it is validated, masked and counted into the alert
    that the first one opened. An emulator has no more to do than to keep it.

    Args:
        pipeline: The sandbox.
        read: How many records were read so far.
        ahead: How many records may be unread.
    """

    def __init__(self, pipeline: Pipeline, read: Callable[[], int], ahead: int) -> None:
        self._pipeline = pipeline
        self._read = read
        self._ahead = ahead
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(_WRITERS)]
        self._counts = [0] * _WRITERS
        chance = random.Random(0)
        self._messages = [_message(chance) for _ in range(_MESSAGES)]

    @property
    def written(self) -> int:
        """How many the stream took."""
        return sum(self._counts)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; may be called again."""
        self._ending.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _write(self, writer: int) -> None:
        kinesis = self._pipeline.boto3("kinesis")
        while not self._ending.is_set():
            if self.written - self._read() > self._ahead:
                self._ending.wait(_PAUSE_S)
                continue
            batch = [
                {"Data": self._record(n), "PartitionKey": f"{writer}-{n}"}
                for n in range(self._counts[writer], self._counts[writer] + _BATCH)
            ]
            answer = kinesis.put_records(StreamName=STREAM, Records=batch)
            self._counts[writer] += _BATCH - answer["FailedRecordCount"]

    def _record(self, number: int) -> bytes:
        now = datetime.now(UTC).isoformat()
        fields = {"timestamp": now, "time": now, "level": "ERROR", "service": "storm", "log_file": "storm.log"}
        return json.dumps({**fields, "message": self._messages[number % _MESSAGES]}).encode()


def _message(chance: random.Random) -> str:
    return "".join(
        _ATTEMPT.format(chance.randrange(256), chance.randrange(256), *(chance.randrange(10**5) for _ in range(3)))
        for _ in range(_ATTEMPTS)
    )
