"""Step 1, log generator: an application writes a line and the container runtime puts its time in front of it."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import container_logs
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class LogGenerator(Step):
    """Lines appear in the container logs."""

    number = 1
    name = "log-generator"
    needs = ("log-generator",)

    def status(self, stores: Stores) -> Finding:
        """The container log written last."""
        logs = list(container_logs.newest_first(stores.containers))
        if not logs:
            return Finding("waiting", f"no container log in {stores.containers} yet")
        at = datetime.fromtimestamp(logs[0].written_at, UTC).isoformat(timespec="milliseconds")
        return Finding("ok", f"{len(logs)} container logs, last written {logs[0].name[:40]}", at)

    def trace(self, journey: Journey) -> Finding:
        """The line in its file."""
        line = journey.line
        return Finding("ok", f"{line.log_name}:{line.number}", line.reference.time)
