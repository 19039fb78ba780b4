from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes import FakeDynamo, FakeS3, client_error, kinesis_record, log_line

from cali_consumer.intake import Intake
from cali_consumer.leases import SHARD_END, LeaseTable
from cali_consumer.ledger import Ledger
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed
from cali_consumer.shard_reader import Hold, ShardReader


class FakeKinesis:
    """One shard; an iterator is the index of the next record."""

    def __init__(self, records: list[Any], *, closed: bool = False) -> None:
        self.records = records
        self.closed = closed
        self.errors: list[Exception] = []
        self.started: list[str] = []
        self.on_read: Callable[[], None] = lambda: None

    def get_shard_iterator(self, **request: Any) -> dict[str, str]:
        self.started.append(request["ShardIteratorType"])
        if request["ShardIteratorType"] == "TRIM_HORIZON":
            return {"ShardIterator": "0"}
        known = [record["SequenceNumber"] for record in self.records]
        if request["StartingSequenceNumber"] not in known:
            raise client_error("InvalidArgumentException", "GetShardIterator")
        return {"ShardIterator": str(known.index(request["StartingSequenceNumber"]) + 1)}

    def get_records(self, *, ShardIterator: str, Limit: int, StreamARN: str) -> dict[str, Any]:  # noqa: N803  boto3's
        if self.errors:
            raise self.errors.pop(0)
        start = int(ShardIterator)
        batch = self.records[start : start + Limit]
        self.on_read()
        at_end = self.closed and start + len(batch) >= len(self.records)
        answer = {"Records": batch, "MillisBehindLatest": 0}
        return answer if at_end else {**answer, "NextShardIterator": str(start + len(batch))}


@pytest.fixture
def build(lease_table: FakeDynamo, ledger: Ledger, s3: FakeS3, observed: Observed) -> Callable[..., ShardReader]:
    leases = LeaseTable(lease_table, "leases", "me", "me/1", 8)  # type: ignore[arg-type]
    leases.ensure("shard-0", ())

    def make(kinesis: FakeKinesis, batch_size: int = 2) -> ShardReader:
        taken = leases.take(leases.read().leases["shard-0"])
        assert taken is not None
        store = ObjectStore(s3, "b", observed)  # type: ignore[arg-type]
        return ShardReader(
            kinesis,  # type: ignore[arg-type]
            {"StreamName": "s", "StreamARN": "arn"},
            Hold(taken, 8),
            leases,
            Intake(ledger, store, lambda _: True, 2, observed),
            poll_interval_s=0.001,
            batch_size=batch_size,
            observed=observed,
        )

    return make


def lines(count: int) -> list[Any]:
    return [kinesis_record(log_line(f"line {number}", level="INFO"), number) for number in range(1, count + 1)]


def read_all(reader: ShardReader, kinesis: FakeKinesis, observed: Observed, wanted: int) -> None:
    kinesis.on_read = lambda: reader.hold.end() if observed.snapshot()["counters"]["read"] >= wanted else None
    reader.run()


def test_begins_at_the_oldest_record_and_checkpoints(
    build: Callable[..., ShardReader], lease_table: FakeDynamo, observed: Observed
) -> None:
    kinesis = FakeKinesis(lines(5))
    read_all(build(kinesis), kinesis, observed, 5)
    assert kinesis.started == ["TRIM_HORIZON"]
    assert lease_table.rows["shard-0"]["checkpoint"] == kinesis.records[-1]["SequenceNumber"]


def test_goes_on_behind_its_checkpoint(
    build: Callable[..., ShardReader], lease_table: FakeDynamo, observed: Observed
) -> None:
    kinesis = FakeKinesis(lines(5))
    lease_table.rows["shard-0"]["checkpoint"] = kinesis.records[2]["SequenceNumber"]
    read_all(build(kinesis), kinesis, observed, 2)
    assert kinesis.started == ["AFTER_SEQUENCE_NUMBER"]
    assert observed.snapshot()["counters"]["read"] == 2


def test_a_stream_made_anew_is_read_from_its_beginning(
    build: Callable[..., ShardReader], lease_table: FakeDynamo, observed: Observed
) -> None:
    lease_table.rows["shard-0"]["checkpoint"] = "999"
    kinesis = FakeKinesis(lines(3))
    read_all(build(kinesis), kinesis, observed, 3)
    assert kinesis.started == ["AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON"]


@pytest.mark.parametrize("code", ["ExpiredIteratorException", "ProvisionedThroughputExceededException"])
def test_a_read_that_fails_is_repeated(build: Callable[..., ShardReader], observed: Observed, code: str) -> None:
    kinesis = FakeKinesis(lines(3))
    kinesis.errors = [client_error(code, "GetRecords")]
    read_all(build(kinesis), kinesis, observed, 3)
    assert observed.snapshot()["counters"]["read"] == 3


def test_the_end_of_a_shard_is_written_down(build: Callable[..., ShardReader], lease_table: FakeDynamo) -> None:
    reader = build(FakeKinesis(lines(3), closed=True))
    reader.run()
    assert reader.finished
    assert lease_table.rows["shard-0"]["checkpoint"] == SHARD_END


def test_what_is_not_durable_is_left_unchecked(
    build: Callable[..., ShardReader], lease_table: FakeDynamo, s3: FakeS3
) -> None:
    """The bucket is dead and the process drains: the poison and all after it stay for the next reader."""
    s3.failing = client_error("SlowDown", "PutObject")
    records = [*lines(2), kinesis_record(b"poison", 3), kinesis_record(log_line("x", level="INFO"), 4)]
    kinesis = FakeKinesis(records)
    reader = build(kinesis, batch_size=10)
    kinesis.on_read = reader.hold.end
    reader.run()
    assert lease_table.rows["shard-0"]["checkpoint"] == records[1]["SequenceNumber"]


def test_a_lost_lease_ends_the_reading(build: Callable[..., ShardReader], lease_table: FakeDynamo) -> None:
    kinesis = FakeKinesis(lines(4))
    reader = build(kinesis)

    def steal() -> None:
        lease_table.rows["shard-0"]["owner"] = "thief/1"

    kinesis.on_read = steal
    reader.run()
    assert "checkpoint" not in lease_table.rows["shard-0"]
