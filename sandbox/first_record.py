"""The record of its own that `up` sends through all ten steps before it says that it is done."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox import sending
from sandbox.errors import SandboxError
from sandbox.steps import TEN_STEPS
from sandbox.stores import Stores
from sandbox.terminal import Terminal
from sandbox.tracing import Trace, follow

#: Longest way there is: two buffers, the model's slowest answers, Slack's pace.
PATIENCE_S = 60.0

# Words, since numbers are masked before two errors are compared: the next `up` must not send the same error.
_WORDS = (
    ("amber", "birch", "coral", "dusk", "ember", "fjord", "grove", "harbor", "indigo", "juniper", "kelp", "lagoon"),
    ("falcon", "gecko", "heron", "ibex", "jaguar", "koala", "lemur", "marten", "newt", "otter", "puffin", "quail"),
)


class FirstRecordError(SandboxError):
    """The record did not pass all ten steps.

    Attributes:
        trace: How far it came.
        refused: What a role is refused, by the number of the step that needs it.
    """

    def __init__(self, trace: Trace, refused: Mapping[int, str]) -> None:
        stuck = next(step for step in trace.steps if step.state != "ok")
        if refused:
            stuck = next(step for step in trace.steps if step.number in refused)
        super().__init__(
            f"the first record is stuck at step {stuck.number} {stuck.name}: "
            f"{refused.get(stuck.number) or stuck.evidence}",
            hint=f"`sandbox trace {trace.record_id}` and `sandbox status` say more",
        )
        self.trace = trace
        self.refused = refused


def send_and_follow(stores: Stores, terminal: Terminal) -> Trace:
    """Send one error that a past incident matches and follow it; raises FirstRecordError when it does not arrive."""
    words = " ".join(secrets.choice(words) for words in _WORDS * 2)
    line = {
        "timestamp": datetime.now(UTC).isoformat(),
        "level": "ERROR",
        "service": "sandbox-check",
        "message": f"payment gateway did not answer: read timed out after 30 s (check {words})",
    }
    path = sending.container_log(stores.containers, service="sandbox-check")
    [(_, reference)] = sending.append(path, [json.dumps(line).encode()])
    passed: set[int] = set()

    def show(trace: Trace) -> None:
        for step in trace.steps:
            if step.state == "ok" and step.number not in passed:
                passed.add(step.number)
                terminal.passed(step.number, step.name, step.at, step.evidence)

    seen = follow(stores, reference.record_id, patience_s=PATIENCE_S, on_change=show)
    if not seen.complete:
        refused = {step.number: told for step in TEN_STEPS if (told := stores.refused(step.uses))}
        raise FirstRecordError(seen, refused)
    return seen
