"""What the fault tests share: figures at the end of the run, and a view of the stores that reads each object once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from e2e.faults.evidence import Evidence
from e2e.pipeline import Pipeline

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line of figures, printed when all tests are done."""
    figures = request.config.stash.setdefault(_FIGURES, [])
    return lambda line: figures.append(f"{request.node.name}: {line}")


@pytest.fixture(scope="session")
def evidence(pipeline: Pipeline) -> Evidence:
    """What the stores of the shared sandbox hold."""
    return Evidence(pipeline)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    if figures := config.stash.get(_FIGURES, []):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.line(line)
