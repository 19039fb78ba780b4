"""Step 1, log generator: an application writes a line and the container runtime puts its time in front of it."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class LogGenerator(Step):
    """Lines appear in the container logs."""

    number = 1
    name = "log-generator"
    needs = ("log-generator",)

    def status(self, stores: Stores) -> Finding:
        """The container log written last."""
        files = list(stores.containers.glob("*.log"))
        if not files:
            return Finding("waiting", f"no container log in {stores.containers} yet")
        latest = max(files, key=lambda path: path.stat().st_mtime)
        at = datetime.fromtimestamp(latest.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
        return Finding("ok", f"{len(files)} container logs, last written {latest.name[:40]}", at)

    def trace(self, journey: Journey) -> Finding:
        """The line in its file."""
        line = journey.line
        return Finding("ok", f"{line.path.name}:{line.number}", line.reference.time)
