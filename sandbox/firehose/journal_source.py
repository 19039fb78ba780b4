"""Direct PUT as the source: records are in the journal before PutRecord answers, and leave it once delivered."""

from __future__ import annotations

import threading

from sandbox.firehose.intake import Intake
from sandbox.firehose.persistence import persist
from sandbox.firehose.store import JOURNAL
from sandbox.firehose.wiring import Wiring

_BATCH = 1000
_IDLE_S = 0.2


class JournalSource:
    """Reads the journal of one delivery stream into the intake."""

    def __init__(self, intake: Intake, wiring: Wiring) -> None:
        self._uid = wiring.uid
        self._store = wiring.store
        self._metrics = wiring.metrics
        self._intake = intake
        self._after = 0
        self.appended = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Read until stopped; no failure ends this."""
        self._after = persist(self._delivered, "reader", self._metrics, stop) or 0
        while not stop.is_set():
            self.appended.clear()
            if not persist(self._step, "reader", self._metrics, stop):
                self.appended.wait(_IDLE_S)

    def _delivered(self) -> int:
        position = self._store.positions(self._uid).get(JOURNAL)
        return int(position.sequence) if position and position.sequence else 0

    def _step(self) -> bool:
        if not self._intake.has_room():
            return False
        records = self._store.read(self._uid, self._after, _BATCH)
        if records:
            self._metrics.read(len(records), sum(len(record.data) for record in records))
            self._intake.put(records)
            self._after = int(records[-1].sequence)
        return bool(records)
