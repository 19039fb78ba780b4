"""A sandbox of the tests' own, brought up once a run, and figures at the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from e2e import figures
from e2e.pipeline import Pipeline
from e2e.sandboxes import fresh_pipeline


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """A running sandbox on free ports; afterwards nothing of it is left."""
    yield from fresh_pipeline()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line of figures, printed with the test's name when all tests are done."""
    told = figures.told(request.config)
    return lambda line: told.append(f"{request.node.name}: {line}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    figures.print_told(terminalreporter, config)
