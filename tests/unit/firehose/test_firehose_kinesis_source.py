from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.firehose.buffering import MIB, Hints
from sandbox.firehose.intake import Intake
from sandbox.firehose.kinesis_source import POLL_S, KinesisSource
from sandbox.firehose.metrics import Metrics
from sandbox.firehose.records import Position
from sandbox.firehose.store import Store
from sandbox.firehose.wiring import Wiring
from tests.unit.firehose.fakes import ROLE, STREAM, FakeClients, FakeKinesis, client_error, wait_for

CREATED = 1_000_000.5
STEP = POLL_S + 5  # more than the time between two looks at the shards


class Reader:
    """One life of the process around a source: what it delivers goes to `delivered` before it is committed."""

    def __init__(self, kinesis: FakeKinesis, directory: Path, delivered: list[bytes]) -> None:
        self.store = Store(directory)
        self.metrics = Metrics({})
        self.intake = Intake(lambda: Hints(1, 0))
        wiring = Wiring("uid", "ap-northeast-2", FakeClients(kinesis=kinesis), self.store, self.metrics)
        definition = {
            "Source": {"KinesisStreamSourceDescription": {"KinesisStreamARN": STREAM, "RoleARN": ROLE}},
            "CreateTimestamp": CREATED,
        }
        self.source = KinesisSource(definition, self.intake, wiring)
        self.delivered = delivered
        self.now = 0.0

    def read(self) -> None:
        self.now += STEP
        self.source.step(self.now)

    def deliver(self, batches: int = 1000, *, commit: bool = True) -> None:
        stop = threading.Event()
        self.intake.drain()
        for _ in range(batches):
            batch = self.intake.next_batch(stop)
            if batch is None:
                return
            self.delivered += [record.data for record in batch.records]
            if commit:
                self.store.commit("uid", batch.positions, {})

    def settle(self) -> None:
        for _ in range(40):
            self.read()
        self.deliver()
        self.store.close()


@pytest.fixture
def kinesis() -> FakeKinesis:
    return FakeKinesis(CREATED - 100)


@pytest.fixture
def delivered() -> list[bytes]:
    return []


@pytest.fixture
def reader(kinesis: FakeKinesis, delivered: list[bytes], tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(kinesis, tmp_path, delivered)
    yield reader
    reader.store.close()


def test_reading_begins_at_the_creation_of_the_delivery_stream(
    kinesis: FakeKinesis, reader: Reader, delivered: list[bytes]
) -> None:
    kinesis.put(b"long before", arrived=CREATED - 50)
    kinesis.put(b"in the same second", arrived=CREATED - 0.2)
    kinesis.put(b"after", arrived=CREATED + 0.001)
    reader.settle()
    assert delivered == [b"after"]


def test_a_restart_goes_on_after_the_last_commit(kinesis: FakeKinesis, tmp_path: Path, delivered: list[bytes]) -> None:
    for number in range(15):
        kinesis.put(b"%d" % number)
    first = Reader(kinesis, tmp_path, delivered)
    first.read()
    first.read()
    first.deliver(batches=8)
    first.store.close()
    del first
    Reader(kinesis, tmp_path, delivered).settle()
    assert delivered == [b"%d" % number for number in range(15)]


def test_a_shard_is_polled_once_a_second(kinesis: FakeKinesis, reader: Reader) -> None:
    for now in (0.0, 0.3, 0.6, 0.9, 1.0, 1.5, 2.0):
        reader.source.step(now)
    assert len(kinesis.polls) == 3


def test_children_are_read_after_their_parents(kinesis: FakeKinesis, reader: Reader, delivered: list[bytes]) -> None:
    for number in range(25):
        kinesis.put(b"parent %d" % number)
    kinesis.split("shardId-000", "shardId-001", "shardId-002")
    kinesis.put(b"left", "shardId-001")
    kinesis.put(b"right", "shardId-002")
    reader.settle()
    assert delivered[:25] == [b"parent %d" % number for number in range(25)]
    assert sorted(delivered[25:]) == [b"left", b"right"]


def test_a_stream_made_anew_is_read_from_its_beginning(
    kinesis: FakeKinesis, reader: Reader, delivered: list[bytes]
) -> None:
    kinesis.put(b"old")
    reader.read()
    kinesis.recreate(CREATED + 100)
    kinesis._sequence = 0
    kinesis.put(b"new")
    reader.settle()
    assert delivered == [b"old", b"new"]


def test_positions_of_shards_that_are_gone_are_forgotten(kinesis: FakeKinesis, reader: Reader) -> None:
    reader.store.commit("uid", {"0.000/shardId-000": Position("1")}, {})
    reader.read()
    assert reader.store.positions("uid") == {}


def test_a_throttled_shard_waits_longer(kinesis: FakeKinesis, reader: Reader) -> None:
    reader.source.step(0.0)
    kinesis.fail = [client_error("ProvisionedThroughputExceededException")]
    reader.source.step(1.0)
    reader.source.step(2.0)
    assert len(kinesis.polls) == 1
    assert reader.metrics.snapshot()["source"]["throttled"] == 1


def test_a_position_that_the_shard_does_not_know_is_given_up(
    kinesis: FakeKinesis, reader: Reader, delivered: list[bytes]
) -> None:
    kinesis.put(b"x")
    reader.source.step(0.0)
    kinesis.fail = [client_error("InvalidArgumentException")]
    reader.source.step(1.0)
    reader.settle()
    assert delivered == [b"x", b"x"]


def test_a_full_buffer_stops_the_reading(kinesis: FakeKinesis, reader: Reader) -> None:
    for _ in range(20):
        kinesis.put(bytes(2 * MIB))
    for _ in range(20):
        reader.read()
    assert (reader.intake.snapshot()["bytes"] or 0) <= 32 * MIB


def test_a_missing_stream_is_waited_for(kinesis: FakeKinesis, reader: Reader) -> None:
    kinesis.exists = False
    kinesis.put(b"x")
    stop = threading.Event()
    thread = threading.Thread(target=reader.source.run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: "ResourceNotFound" in str(reader.metrics.snapshot()["errors"]))
        kinesis.exists = True
        wait_for(lambda: reader.intake.snapshot()["records"] == 1)
        assert reader.metrics.snapshot()["errors"] == {}
    finally:
        stop.set()
        thread.join()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["put", "read", "deliver", "deliver half-way", "kill", "split", "throttle"]), max_size=40)
)
def test_no_order_of_kills_loses_a_record(events: list[str]) -> None:
    kinesis = FakeKinesis(CREATED - 100)
    delivered: list[bytes] = []
    put: list[bytes] = []
    with TemporaryDirectory() as directory:
        reader = Reader(kinesis, Path(directory), delivered)
        for number, event in enumerate(events):
            if event == "put":
                put.append(b"%d" % number)
                kinesis.put(put[-1], [name for name, shard in kinesis.shards.items() if not shard.closed][-1])
            elif event == "read":
                reader.read()
            elif event == "deliver":
                reader.deliver(batches=2)
            elif event == "deliver half-way":
                reader.deliver(batches=1, commit=False)
            elif event == "split":
                parent = [name for name, shard in kinesis.shards.items() if not shard.closed][-1]
                kinesis.split(parent, f"shardId-{number + 100}")
            if event in {"kill", "deliver half-way"}:  # durable, and the process gone before it could note so
                reader.store.close()
                reader = Reader(kinesis, Path(directory), delivered)
        reader.settle()
    assert set(delivered) == set(put)
