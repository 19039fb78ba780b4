"""Malformed input loses nothing and stops nothing, whether it comes through the stream or from a log file."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.faults.evidence import Evidence, counted, of_line, record_id
from e2e.lines import Container
from e2e.pipeline import LEASES, STREAM, Pipeline
from e2e.waiting import eventually

_SHARD = "shardId-000000000000"


def _good(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "timestamp": "2026-01-01T00:00:00.000000001Z",
        "level": "INFO",
        "service": "amid-poison",
        "message": f"good record {number}",
        "log_file": "amid-poison.log",
        "time": f"2026-01-01T00:00:00.{secrets.randbelow(10**9):09d}Z",
        "stream": "stdout",
        **fields,
    }


def _poison() -> list[bytes]:
    """Every way to be no log record, each with bytes of its own."""
    own = secrets.token_hex(6)
    good = _good(0, message=own)
    return [
        f"not JSON {own}".encode(),
        f'{{"level": "ERROR", "message": "cut in the middle {own}'.encode(),
        json.dumps({**good, "level": "LOUD"}).encode(),
        json.dumps({name: value for name, value in good.items() if name != "message"} | {"own": own}).encode(),
        json.dumps({name: value for name, value in good.items() if name != "service"}).encode(),
        json.dumps({**good, "message": {"nested": own}}).encode(),
        json.dumps({**good, "level": None}).encode(),
        f'["a list", "{own}"]'.encode(),
        f'"{own}"'.encode(),
        b'{"message": "\xff\xfe ' + own.encode() + b'"}',
        b"\x00\x01\x02" + own.encode(),
        (b"[" * 20_000) + own.encode(),
    ]


def test_a_batch_full_of_poison_is_set_aside_and_the_rest_goes_on(
    pipeline: Pipeline, evidence: Evidence, report: Callable[[str], None]
) -> None:
    poison = _poison()
    before = set(pipeline.keys("rejected/dt="))
    good = [_good(number) for number in range(len(poison))]
    good[-1] |= {"level": "ERROR", "message": f"the moon is in the wrong house: {secrets.token_hex(8)}"}
    entries = [data for pair in zip(poison, (json.dumps(one).encode() for one in good), strict=True) for data in pair]
    answer = pipeline.kinesis.put_records(
        StreamName=STREAM, Records=[{"Data": data, "PartitionKey": str(n)} for n, data in enumerate(entries)]
    )
    assert not answer.get("FailedRecordCount")
    last = int(answer["Records"][-1]["SequenceNumber"])

    def passed() -> bool:
        item = pipeline.dynamodb.get_item(TableName=LEASES, Key={"shard_id": {"S": _SHARD}})["Item"]
        return int(item["checkpoint"]["S"]) >= last

    eventually(passed, "the checkpoint behind the batch")
    # The checkpoint is behind them, so all that will ever be rejected of this batch is.
    rejected = [json.loads(pipeline.body(key)) for key in set(pipeline.keys("rejected/dt=")) - before]
    assert sorted(base64.b64decode(one["bytes_base64"]) for one in rejected) == sorted(poison)
    assert all(one["reason"] for one in rejected)

    wanted = {record_id(one) for one in good}
    eventually(lambda: counted(evidence.s3()).keys() >= wanted, "the good ones in S3")
    eventually(lambda: counted(evidence.opensearch()).keys() >= wanted, "the good ones in OpenSearch")
    alerted = record_id(good[-1])
    eventually(lambda: evidence.alerts()[alerted] == 1, "the alert of the last good one")
    reasons = sorted(one["reason"] for one in rejected)
    report(f"{len(poison)} of {len(entries)} records rejected, each with its bytes, for {', '.join(set(reasons))}")


LINES: dict[str, tuple[bytes, str]] = {
    "broken JSON": (b'{"level": "ERROR", "message": "cut in the', '{"level": "ERROR", "message": "cut in the'),
    "JSON and more": (b'{"level": "INFO"} and more', '{"level": "INFO"} and more'),
    "plain text": (b"12:00 WARN plain words", "12:00 WARN plain words"),
    "a JSON list": (b"[1, 2, 3]", "[1, 2, 3]"),
    "NUL bytes": (b"before\0after", "before\0after"),
    "invalid UTF-8": (b"caf\xe9 \xff", "caf\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"),
    "control characters": (b"\x1b[31mred\x1b[0m \x07", "\x1b[31mred\x1b[0m \x07"),
    "a carriage return": (b"windows\r", "windows"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_log_line_that_is_no_json_is_a_plain_text_record(
    pipeline: Pipeline, evidence: Evidence, containers: Path, name: str
) -> None:
    raw, message = LINES[name]
    container = Container(containers, "malformed")
    [time] = container.write(raw)
    found = _in_both(evidence, container, time)
    assert {document["message"] for document in found} == {message}
    assert {document["service"] for document in found} == {container.service}
    assert not any("truncated" in document for document in found)


def test_a_long_line_is_cut_short_marked_and_counted(
    pipeline: Pipeline, evidence: Evidence, containers: Path, report: Callable[[str], None]
) -> None:
    size = 1_500_000
    before = _shipper(pipeline)["truncated"]
    plain, parted, structured = (Container(containers, name) for name in ("long", "long-parted", "long-json"))
    [whole] = plain.write(b"ERROR " + b"x" * (size - 6))
    [pieces] = parted.write_parted(b"INFO " + b"y" * (size - 5))
    text = json.dumps({"level": "INFO", "service": "wide", "message": "z" * size}).encode()
    [wide] = structured.write_parted(text)
    marks = []
    for container, time, original in ((plain, whole, size), (parted, pieces, size), (structured, wide, len(text))):
        for document in _in_both(evidence, container, time):
            assert document["truncated"] is True
            assert document["original_bytes"] == original
            assert len(json.dumps(document)) < 2**20
            marks.append(len(document["message"]))
    counted_now = _shipper(pipeline)["truncated"] - before
    assert counted_now == 3
    report(f"three lines of 1.5 MB: messages of {sorted(set(marks))} characters, {counted_now} counted as truncated")


def test_a_rotated_file_is_read_to_its_end_and_its_successor_from_its_beginning(
    pipeline: Pipeline, evidence: Evidence, containers: Path
) -> None:
    container = Container(containers, "rotated")
    times = container.write(b"the first line")
    # A file is found within Refresh_Interval; what is rotated before that no tailing shipper sees.
    eventually(lambda: _read(pipeline, container) > 0, "the file found")
    times += container.write(*(b"before the rotation %d" % n for n in range(200)))
    old = os.open(container.path, os.O_WRONLY | os.O_APPEND)
    container.path.rename(container.path.with_name(f"{container.path.name}.20260101-000000"))
    # The runtime goes on in the old file until it is told to open the new one.
    times += container.write(b"after the rotation, into the old file", descriptor=old)
    os.close(old)
    times += container.write(*(b"into the new file %d" % n for n in range(200)))
    _all_in_both(evidence, container, times)


def test_a_file_cut_to_nothing_and_written_on_is_read_from_its_beginning(
    pipeline: Pipeline, evidence: Evidence, containers: Path
) -> None:
    container = Container(containers, "truncated")
    times = container.write(*(b"before the truncation %d" % n for n in range(50)))
    eventually(lambda: _read(pipeline, container) == container.path.stat().st_size, "the file read")
    os.truncate(container.path, 0)
    times += container.write(*(b"after the truncation %d" % n for n in range(5)))
    eventually(lambda: _read(pipeline, container) == container.path.stat().st_size, "the short file read")
    os.truncate(container.path, 0)
    # More than before at once: the size alone does not tell that it was cut.
    times += container.write(*(b"after the second truncation %d" % n for n in range(500)))
    _all_in_both(evidence, container, times)


@pytest.fixture
def containers(pipeline: Pipeline) -> Path:
    """The folder the shipper tails."""
    return pipeline.folder / "containers"


def _in_both(evidence: Evidence, container: Container, time: str) -> list[dict[str, Any]]:
    """The record of one line in S3 and in OpenSearch, once in each."""
    name = container.path.name
    [in_s3] = eventually(lambda: of_line(evidence.s3(), name, time), "the record in S3")
    [in_opensearch] = eventually(lambda: of_line(evidence.opensearch(), name, time), "the record in OpenSearch")
    return [in_s3, in_opensearch]


def _all_in_both(evidence: Evidence, container: Container, times: list[str]) -> None:
    for store in (evidence.s3, evidence.opensearch):

        def here(look: Callable[[], list[dict[str, Any]]] = store) -> bool:
            return {d["time"] for d in look() if d.get("log_file") == container.path.name} >= set(times)

        eventually(here, f"all {len(times)} lines of {container.path.name} in {store.__name__}")


def _shipper(pipeline: Pipeline) -> dict[str, Any]:
    answer = httpx.get(f"{pipeline.endpoint('shipper')}/_sandbox/health", timeout=5, trust_env=False).json()
    return dict(answer["counters"])


def _read(pipeline: Pipeline, container: Container) -> int:
    """How far the shipper has delivered a file."""
    answer = httpx.get(f"{pipeline.endpoint('shipper')}/_sandbox/health", timeout=5, trust_env=False).json()
    return max((file["offset"] for file in answer["files"] if file["path"] == str(container.path)), default=-1)
