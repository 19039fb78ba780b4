"""What the fault tests share: a view of the stores that reads each object once."""

from __future__ import annotations

import pytest

from e2e.faults.evidence import Evidence
from e2e.pipeline import Pipeline


@pytest.fixture(scope="session")
def evidence(pipeline: Pipeline) -> Evidence:
    """What the stores of the shared sandbox hold."""
    return Evidence(pipeline)
