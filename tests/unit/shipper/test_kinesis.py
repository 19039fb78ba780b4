"""PutRecords until everything is acknowledged."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from sandbox.shipper.engine import Engine
from tests.unit.shipper.conftest import FILE, VALUES, Make, cri

KINESIS = "flush: 0.01\n"


class Stream:
    """Answers PutRecords from a script: how many of the first records to refuse, or an error to raise."""

    def __init__(self, *script: int | Exception) -> None:
        self.script = list(script)
        self.records: list[bytes] = []
        self.calls: list[int] = []
        self.keys: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> Any:  # noqa: N803 - the names of the AWS API
        assert StreamName == "cali-logs-stream"
        self.gate.wait(10)
        self.calls.append(len(Records))
        answer = self.script.pop(0) if self.script else 0
        if isinstance(answer, Exception):
            raise answer
        self.records += [record["Data"] for record in Records[answer:]]
        self.keys |= {record["PartitionKey"] for record in Records}
        refused = [{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"}] * answer
        return {"FailedRecordCount": answer, "Records": refused + [{"SequenceNumber": "1"}] * (len(Records) - answer)}


@pytest.fixture
def running(shipper: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    engines = []

    def run(stream: Any, *overrides: str) -> Any:
        ship = shipper(KINESIS, *overrides)
        vars(ship.output)["_client"] = stream
        engine = Engine(ship.pipeline, ship.counters)
        thread = threading.Thread(target=engine.run)
        engines.append((engine, thread))
        return ship, engine, thread

    yield run
    for engine, thread in engines:
        engine.stop()
        if thread.is_alive():
            thread.join(20)


def until(condition: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("it did not come true in 10 s")


def lines(count: int, start: int = 0) -> list[bytes]:
    return [cri(json.dumps({"level": "INFO", "message": f"m{n}"}).encode()) for n in range(start, start + count)]


def test_only_refused_records_are_sent_again(running: Any) -> None:
    stream = Stream(3, 1)
    ship, _, thread = running(stream)
    ship.write(*lines(10))
    thread.start()
    until(lambda: ship.counters.records_out == 10)
    assert stream.calls == [10, 3, 1]
    assert ship.counters.retries == 4
    assert sorted(json.loads(data)["message"] for data in stream.records) == [f"m{n}" for n in range(10)]
    assert all(data.endswith(b"}\n") for data in stream.records)
    assert len(stream.keys) >= 10
    assert "ProvisionedThroughputExceededException" in ship.counters.last_error["message"]


def test_an_outage_is_waited_out_and_the_offset_does_not_move(running: Any) -> None:
    down = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    stream = Stream(down, down)
    stream.gate.clear()
    ship, engine, thread = running(stream)
    ship.write(*lines(5))
    thread.start()
    until(lambda: ship.counters.records_in == 5)
    assert engine.health()["files"][0]["lag_bytes"] > 0
    assert engine.health()["counters"]["records_out"] == 0
    stream.gate.set()
    until(lambda: engine.health()["counters"]["failing_since"])
    until(lambda: ship.counters.records_out == 5)
    assert engine.health()["counters"]["failing_since"] is None
    until(lambda: engine.health()["files"][0]["lag_bytes"] == 0)
    assert engine.health()["counters"]["last_shipped"]["log_file"] == FILE


def test_batches_keep_the_limits_of_the_api(running: Any) -> None:
    stream = Stream()
    ship, _, thread = running(stream)
    ship.write(*lines(1203))
    thread.start()
    until(lambda: ship.counters.records_out == 1203)
    assert max(stream.calls) <= 500


def test_reading_pauses_when_memory_is_full(running: Any) -> None:
    inputs = (
        VALUES.read_text()
        .split("  inputs: |\n")[1]
        .split("\n\n")[0]
        .replace("Mem_Buf_Limit       64M", "Mem_Buf_Limit 100K")
    )
    stream = Stream()
    stream.gate.clear()
    ship, engine, thread = running(stream, "config:\n  inputs: |\n" + inputs.replace("256K", "16K"))
    ship.write(*lines(5000))
    thread.start()
    until(lambda: engine.health()["paused"])
    held = engine.health()["held_bytes"]
    assert held < 200_000
    stream.gate.set()
    until(lambda: ship.counters.records_out == 5000)
    assert not engine.health()["paused"]


def test_a_stop_delivers_what_was_read(running: Any) -> None:
    stream = Stream()
    ship, engine, thread = running(stream)
    ship.write(*lines(3), cri(b"ERROR x", "stderr"), cri(b"Traceback (most recent call last):", "stderr"))
    thread.start()
    until(lambda: ship.counters.lines_read == 5)
    engine.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert len(stream.records) == 4
    assert ship.pipeline.inputs[0].files == {}
