"""A value changed in `helm-values/fluent-bit.yaml` changes what arrives, on whatever target the tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.copied import CopiedPipeline
from e2e.sandboxes import copied_pipeline


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopiedPipeline]:
    """A sandbox from a copy; nothing of the real checkout is written to."""
    with copied_pipeline(tmp_path_factory.mktemp("copied")) as sandbox:
        yield sandbox


def test_a_changed_filter_changes_the_records(pipeline: CopiedPipeline) -> None:
    [before] = pipeline.shipped('{"level": "INFO", "message": "before"}')
    assert "cluster" not in before
    pipeline.change(
        "helm-values/fluent-bit.yaml",
        "  outputs: |\n",
        "    [FILTER]\n        Name   modify\n        Match  *\n        Add    cluster blue\n\n  outputs: |\n",
    )
    pipeline.command("restart", "shipper")
    [after] = pipeline.shipped('{"level": "INFO", "message": "after"}')
    assert after["cluster"] == "blue"
