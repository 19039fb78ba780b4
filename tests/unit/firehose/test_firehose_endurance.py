"""What nobody foresaw: the threads outlive it, deliver again, and the health answer says so."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.firehose import diagnosis, store
from sandbox.firehose.app import create_app
from sandbox.firehose.buffering import Hints
from sandbox.firehose.configuration import S3, describe_s3
from sandbox.firehose.diagnosis import diagnose
from sandbox.firehose.intake import Intake
from sandbox.firehose.manager import Manager
from sandbox.firehose.operations import Operations
from sandbox.firehose.pipeline import Pipeline
from sandbox.firehose.records import Record
from sandbox.firehose.store import Store
from tests.unit.firehose.fakes import (
    ROLE,
    STREAM,
    FakeClients,
    FakeKinesis,
    FakeS3,
    client_error,
    s3_settings,
    wait_for,
)

Break = Callable[..., Any]


def definition(*, kinesis: bool) -> dict[str, Any]:
    source = {"KinesisStreamSourceDescription": {"KinesisStreamARN": STREAM, "RoleARN": ROLE}} if kinesis else {}
    return {
        "Uid": "u",
        "DeliveryStreamName": "d",
        "DeliveryStreamARN": "arn:aws:firehose:ap-northeast-2:000000000000:deliverystream/d",
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "KinesisStreamAsSource" if kinesis else "DirectPut",
        "VersionId": "1",
        "CreateTimestamp": time.time() - 1,
        "Destinations": [{S3: describe_s3(s3_settings())}],
        "Source": source,
    }


class Bench:
    """A manager with one delivery stream over fakes, and its health address."""

    def __init__(self, directory: Path) -> None:
        self.store, self.s3, self.kinesis = Store(directory), FakeS3(), FakeKinesis(time.time() - 10)
        self.manager = Manager(self.store, FakeClients(s3=self.s3, kinesis=self.kinesis))
        operations = Operations(self.manager, lambda _region, _vpc: None)
        self.http = TestClient(create_app(self.manager, operations, "r", lambda: None))

    def start(self, *, kinesis: bool) -> Pipeline:
        self.manager.add(definition(kinesis=kinesis))
        return self.manager._pipelines["d"]

    def health(self) -> dict[str, Any]:
        return dict(self.http.get("/_sandbox/health").json())


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(diagnosis, "ERROR_GRACE_S", 0.0)
    bench = Bench(tmp_path)
    yield bench
    bench.manager.stop(1)
    bench.store.close()


def failing(times: int, then: Callable[..., Any]) -> Callable[..., Any]:
    left = iter(range(times))

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is not None:
            raise sqlite3.OperationalError("database is locked")
        return then(*args, **kwargs)

    return call


def traced(caplog: pytest.LogCaptureFixture) -> bool:
    return any(record.exc_info and record.levelno == logging.ERROR for record in caplog.records)


def test_a_checkpoint_that_fails_is_made_again_and_nothing_is_delivered_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bench.store, "commit", failing(3, bench.store.commit))
    bench.kinesis.put(b"a")
    pipeline = bench.start(kinesis=True)
    answer = wait_for(lambda: health if (health := bench.health())["status"] != "ok" else None)
    assert "checkpoint: OperationalError: database is locked" in answer["last_error"]
    wait_for(lambda: bench.store.positions("u"))
    wait_for(lambda: bench.health()["status"] == "ok")
    assert list(bench.s3.objects.values()) == [b"a"]
    assert pipeline.health()["state"] == "ok"
    assert traced(caplog)


def test_a_delivery_that_fails_unexpectedly_is_made_again(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    pipeline = bench.start(kinesis=False)
    pipeline._writer.write = failing(2, pipeline._writer.write)  # type: ignore[method-assign]
    bench.store.append("u", time.time(), [b"a", b"b"])
    wait_for(lambda: "delivery: OperationalError" in bench.health().get("last_error", ""))
    wait_for(lambda: bench.store.journal_bytes("u") == 0)
    assert list(bench.s3.objects.values()) == [b"ab"]
    wait_for(lambda: bench.health()["status"] == "ok")
    assert traced(caplog)


@pytest.mark.parametrize("kinesis", [True, False])
def test_a_reader_outlives_what_is_no_error_of_boto3(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kinesis: bool
) -> None:
    monkeypatch.setattr(bench.store, "positions", failing(3, bench.store.positions))
    bench.kinesis.put(b"a")
    bench.store.append("u", time.time(), [b"a"])
    bench.start(kinesis=kinesis)
    wait_for(lambda: "reader: OperationalError" in bench.health().get("last_error", ""))
    wait_for(lambda: list(bench.s3.objects.values()) == [b"a"])
    wait_for(lambda: bench.health()["status"] == "ok")
    assert traced(caplog)


def test_an_error_of_one_shard_stays_current_while_the_shards_can_be_listed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise client_error("AccessDeniedException")

    monkeypatch.setattr(bench.kinesis, "get_records", refuse)
    pipeline = bench.start(kinesis=True)
    first = wait_for(lambda: pipeline.health()["errors"].get("source"))["since"]
    wait_for(lambda: pipeline.health()["retries"] >= 3)
    assert pipeline.health()["errors"]["source"]["since"] == first


@pytest.mark.parametrize("thread", ["_reader", "_deliverer"])
def test_a_dead_thread_is_told(bench: Bench, thread: str) -> None:
    pipeline = bench.start(kinesis=False)
    assert bench.health()["status"] == "ok"
    ended = threading.Thread(target=lambda: None, name="gone")
    ended.start()
    ended.join()
    alive = getattr(pipeline, thread)
    setattr(pipeline, thread, ended)
    assert bench.health()["last_error"] == "d: the thread 'gone' has ended"
    assert bench.health()["streams"]["d"]["state"] == "failing"
    setattr(pipeline, thread, alive)


def test_a_stopped_stream_has_no_dead_threads(bench: Bench) -> None:
    pipeline = bench.start(kinesis=False)
    pipeline.stop(1)
    assert pipeline.health()["state"] == "ok"


def test_an_outage_of_the_destination_is_its_streams_alone(bench: Bench) -> None:
    bench.s3.down.set()
    bench.start(kinesis=False)
    bench.store.append("u", time.time(), [b"a"])
    wait_for(lambda: bench.health()["streams"]["d"]["state"] == "failing")
    assert bench.health()["status"] == "ok"
    assert "ServiceUnavailable" in bench.health()["streams"]["d"]["reason"]
    bench.s3.down.clear()
    wait_for(lambda: bench.health()["streams"]["d"]["state"] == "ok")


def test_an_error_counts_after_a_while_only() -> None:
    errors = {"checkpoint": {"message": "m", "for_s": 4.9}, "s3": {"message": "n", "for_s": 5.0}}
    found = diagnose([], errors, 0.0, at_destination=False)
    assert (found.inside, found.outside) == ([], ["s3: n"])


@pytest.mark.parametrize(("at_destination", "inside"), [(True, 0), (False, 1)])
def test_records_that_wait_too_long_are_told(at_destination: bool, inside: int) -> None:
    assert not diagnose([], {}, 10.0, at_destination=at_destination).reason
    found = diagnose([], {}, 10.1, at_destination=at_destination)
    assert (len(found.inside), len(found.outside)) == (inside, 1 - inside)


def test_waiting_counts_from_the_taking_of_a_record_and_goes_on_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    intake = Intake(lambda: Hints(1, 5))
    assert intake.overdue_s() == 0
    intake.put([Record(b"a", 0.0, "o", "1")])  # it arrived long ago
    assert intake.overdue_s() == 0
    now[0] += 20
    assert intake.overdue_s() == 15
    intake.next_batch(threading.Event())
    assert intake.overdue_s() == 15
    intake.delivered()
    assert intake.overdue_s() == 0


def test_a_file_that_is_held_for_a_while_is_waited_for(tmp_path: Path) -> None:
    assert store._BUSY_S >= 30
    own = Store(tmp_path)
    other = sqlite3.connect(tmp_path / "firehose.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    writing = threading.Thread(target=own.save, args=("d", {"n": 1}))
    writing.start()
    writing.join(0.2)
    assert writing.is_alive()
    other.execute("COMMIT")
    writing.join(10)
    assert json.dumps(own.definitions()) == '{"d": {"n": 1}}'
    other.close()
    own.close()
