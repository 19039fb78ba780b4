"""Installs what the sandbox runs: Python environments, a Java runtime, the jars of OpenSearch.

`locking`, `network`, `prerequisites`, `stamps` and `uv` use the standard library alone, since `sandbox/bootstrap.py`
runs them before any environment exists; so importing this package must import nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.instance import Home
    from sandbox.terminal import Terminal


def ensure_all(home: Home, terminal: Terminal, emulator: str = "ministack") -> None:
    """Have every part installed from its lock; does nothing, and needs no network, when they are.

    Args:
        home: Below which the parts go.
        terminal: Shows the progress.
        emulator: `ministack` or `localstack`.

    Raises:
        PrerequisiteError: The machine lacks something: a program, room, a registry that answers.
        InstallationError: A part could not be installed; the message names the log.
    """
    from sandbox.install.parts import ensure  # noqa: PLC0415 - needs packages that the bootstrap lacks

    ensure(home, terminal, emulator)
