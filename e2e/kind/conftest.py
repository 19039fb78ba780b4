"""A sandbox with four shards and a fast chat: what several consumers share, and what would hold them all up if slow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.kind.errors_stream import ErrorStream
from e2e.kind_pipeline import KindPipeline
from e2e.sandboxes import fresh_pipeline

SHARDS = 4


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
