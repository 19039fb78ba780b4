"""A sandbox with four shards and a fast chat: what several consumers share, and what would hold them all up if slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from e2e.conftest import fresh_pipeline
from e2e.kind.errors_stream import ErrorStream
from e2e.kind_pipeline import KindPipeline

SHARDS = 4

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="package")
def cluster() -> Iterator[KindPipeline]:
    """A sandbox on kind whose own generator is silent: the traffic is the tests'."""
    for sandbox in fresh_pipeline(CALI_TARGET="kind", CALI_SHARDS=str(SHARDS), CALI_SLACK_RATE="1000"):
        assert isinstance(sandbox, KindPipeline)
        sandbox.command("stop", "log-generator")
        yield sandbox


@pytest.fixture
def errors(cluster: KindPipeline) -> Iterator[ErrorStream]:
    """Errors that are all different, sent at a pace until the test ends."""
    stream = ErrorStream(cluster)
    yield stream
    stream.stop()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line of figures, printed when all tests are done."""
    figures = request.config.stash.setdefault(_FIGURES, [])
    return lambda line: figures.append(f"{request.node.name}: {line}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures."""
    if figures := config.stash.get(_FIGURES, []):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.line(line)
