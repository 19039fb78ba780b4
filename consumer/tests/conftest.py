"""What the tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeChat, FakeDynamo, FakeS3

from cali_consumer.ledger import Ledger
from cali_consumer.observed import Observed


@pytest.fixture
def observed() -> Observed:
    return Observed()


@pytest.fixture
def ledger_table() -> FakeDynamo:
    return FakeDynamo("alert_key")


@pytest.fixture
def lease_table() -> FakeDynamo:
    return FakeDynamo("shard_id")


@pytest.fixture
def ledger(ledger_table: FakeDynamo) -> Ledger:
    return Ledger(ledger_table, "ledger", "me/1", 300, 172_800)  # type: ignore[arg-type]  # a fake


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()
