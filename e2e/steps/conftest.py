"""One sandbox for the ten steps, gone before the tests that bring up others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.pipeline import Pipeline
from e2e.sandboxes import fresh_pipeline


@pytest.fixture(scope="package")
def pipeline() -> Iterator[Pipeline]:
    """A running sandbox on free ports; afterwards nothing of it is left."""
    yield from fresh_pipeline()
