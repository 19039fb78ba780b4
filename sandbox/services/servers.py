"""What the servers of the sandbox's own packages have in common: a module to run and a health address."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import __version__
from sandbox.instance import REPOSITORY
from sandbox.ports import LOOPBACK
from sandbox.services.base import NotReadyError, Program, Service

HEALTH_PATH = "/_sandbox/health"


class OwnServer(Service):
    """A server that is `python -m sandbox.<package>`."""

    package: str

    def interpreter(self) -> Path:
        """The Python that has what the server imports."""
        return Path(sys.executable)

    def arguments(self) -> list[str]:
        """Command-line arguments besides host and port."""
        return []

    def environment(self) -> Mapping[str, str]:
        """Environment besides the common part."""
        return {}

    def program(self) -> Program:
        """The module, listening on loopback."""
        argv = [str(self.interpreter()), "-m", self.package, "--host", LOOPBACK, "--port", str(self.port)]
        # Unbuffered, so that `sandbox logs -f` shows a line when it is written.
        environment = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **self.environment()}
        return Program((*argv, *self.arguments()), environment)

    def probe(self) -> None:
        """Its health address answers ok."""
        require_ok(self.name, self.get(HEALTH_PATH).json())

    def version(self) -> str:
        """The sandbox's own version."""
        return __version__


def require_ok(name: str, health: dict[str, Any]) -> None:
    """Raise NotReadyError unless the health answer of a server of ours says ok."""
    if health.get("status") != "ok":
        raise NotReadyError(name, str(health.get("last_error") or health.get("status")))
