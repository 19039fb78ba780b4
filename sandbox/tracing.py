"""Follows one record through the ten steps, reading every store itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.record import find_line
from sandbox.steps import TEN_STEPS, Finding, Journey
from sandbox.stores import StoreFault, Stores

#: Pause between two looks at the stores while a record is under way.
_LOOK_AGAIN_S = 0.3


@dataclass(frozen=True)
class TracedStep:
    """What one step did with the record; `state` is ok, waiting, failing or skipped."""

    number: int
    name: str
    state: str
    at: str
    evidence: str


@dataclass(frozen=True)
class Trace:
    """The whole of `sandbox trace --json`."""

    record_id: str
    steps: list[TracedStep]

    @property
    def finished(self) -> bool:
        """Whether every step is behind the record."""
        return all(step.state in ("ok", "skipped", "failing") for step in self.steps)

    @property
    def complete(self) -> bool:
        """Whether every step did its work."""
        return all(step.state == "ok" for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The trace as JSON values."""
        return asdict(self)


def trace(stores: Stores, record_id: str) -> Trace:
    """Look the record up in every store once; raises UnknownRecordError for an id that no log line has."""
    journey = Journey(find_line(Path(stores.containers), record_id), stores)
    steps = []
    for step in TEN_STEPS:
        try:
            finding = step.trace(journey)
        except (*StoreFault, SandboxError) as error:
            finding = Finding("failing", f"{type(error).__name__}: {error}")
        steps.append(TracedStep(step.number, step.name, finding.state, finding.at, finding.evidence))
    return Trace(record_id, steps)


def follow(
    stores: Stores, record_id: str, *, patience_s: float, on_change: Callable[[Trace], None] = lambda _: None
) -> Trace:
    """Trace until the record is through or `patience_s` seconds are over; tells `on_change` of each look."""
    deadline = time.monotonic() + patience_s
    while True:
        seen = trace(stores, record_id)
        on_change(seen)
        if all(step.state in ("ok", "skipped") for step in seen.steps) or time.monotonic() > deadline:
            return seen
        time.sleep(_LOOK_AGAIN_S)
