"""An emulator of its own for each module."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from e2e.terraform.emulator import Emulator, running

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A running emulator, empty at first."""
    with running(f"e2e-{secrets.token_hex(4)}") as started:
        yield started


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line of figures, printed when all tests are done."""
    return request.config.stash.setdefault(_FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    if figures := config.stash.get(_FIGURES, []):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.line(line)
