"""A sandbox with four shards, whose emulator is no narrower than the consumers that are measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.kind_pipeline import KindPipeline
from e2e.sandboxes import fresh_pipeline

SHARDS = 4


@pytest.fixture(scope="package")
def cluster() -> Iterator[KindPipeline]:
    """Kind beside MiniStack; all that reads or writes the stream but the consumers rests.

    LocalStack's Kinesis looks through a shard at every call: of 2 kB records it takes 1,400/s into an empty stream, and
    80/s into one that holds 40,000. Two consumers at 70 % of their request read several hundred.
    """
    for sandbox in fresh_pipeline(CALI_EMULATOR="ministack", CALI_SHARDS=str(SHARDS)):
        assert isinstance(sandbox, KindPipeline)
        for part in ("log-generator", "shipper", "firehose"):
            sandbox.command("stop", part, timeout_s=300)
        yield sandbox
