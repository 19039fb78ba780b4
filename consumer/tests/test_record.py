from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import log_line
from hypothesis import given
from hypothesis import strategies as st

from cali_consumer.clock import nanoseconds
from cali_consumer.errors import RejectedRecordError
from cali_consumer.record import Level, LogRecord, read_record, salvaged_record_id
from cali_consumer.record_id import record_id_of

VECTORS = json.loads((Path(__file__).parents[2] / "contracts" / "record-id.json").read_text(encoding="utf-8"))[
    "vectors"
]


def outcome(data: bytes) -> str:
    try:
        read_record(data)
    except RejectedRecordError as rejection:
        return rejection.reason
    return "valid"


def as_bytes(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["record_id"])
def test_record_id_vectors(vector: dict[str, Any]) -> None:
    assert record_id_of(vector["log_file"], vector["time"], vector["message"]) == vector["record_id"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not json", "not_json"),
        (b"", "not_json"),
        (b'{"message": "cut', "not_json"),
        (b"[1, 2]", "not_object"),
        (b"null", "not_object"),
        (b'"text"', "not_object"),
        (b'{"message": "\xff\xfe"}', "invalid_utf8"),
        (as_bytes(log_line("m", level="LOUD")), "unknown_level"),
        (as_bytes(log_line("m") | {"level": 3}), "unknown_level"),
        (as_bytes({"timestamp": "t", "level": "INFO", "service": "s"}), "no_message"),
        (as_bytes(log_line("m") | {"message": None}), "no_message"),
        (as_bytes(log_line("m") | {"message": {"a": 1}}), "invalid_message"),
        (as_bytes({"timestamp": "t", "service": "s", "message": "m"}), "no_level"),
        (as_bytes({"level": "INFO", "service": "s", "message": "m"}), "no_timestamp"),
    ],
)
def test_poison_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(RejectedRecordError) as rejection:
        read_record(data)
    assert rejection.value.reason == reason


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("WARNING", Level.WARN),
        ("CRITICAL", Level.FATAL),
        ("error", Level.ERROR),
        (" Info ", Level.INFO),
        ("TRACE", Level.TRACE),
    ],
)
def test_levels(written: str, read: Level) -> None:
    assert read_record(as_bytes(log_line("m", level=written))).level is read


def test_unknown_fields_are_kept() -> None:
    record = read_record(as_bytes(log_line("m", user_id=7, kubernetes={"pod_name": "p", "labels": {"a": "b"}})))
    assert record.model_extra == {"user_id": 7}
    assert record.kubernetes is not None
    assert record.kubernetes.model_extra == {"labels": {"a": "b"}}


@given(st.text())
def test_timestamp_is_kept_verbatim(text: str) -> None:
    assert read_record(as_bytes(log_line("m") | {"timestamp": text})).timestamp == text


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_rejected(data: bytes) -> None:
    assert outcome(data).isidentifier()
    salvaged_record_id(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["INFO", "ERROR"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from(["timestamp", "level", "service", "message", "log_file", "time", "trace_id"]), json_values
    )
)
def test_any_object_is_a_record_or_rejected(document: dict[str, Any]) -> None:
    data = as_bytes(document)
    reason = outcome(data)
    assert reason.isidentifier()
    if reason == "valid":
        assert read_record(data).message == document["message"]
    salvaged_record_id(data)


def test_a_rejected_line_keeps_its_id() -> None:
    line = log_line("m", level="LOUD")
    assert salvaged_record_id(as_bytes(line)) == LogRecord(**log_line("m")).record_id


def test_a_clock_in_the_future_is_not_believed() -> None:
    record = LogRecord(**log_line("m", second=1000))
    assert record.written_ns(arrived_ns=5) == 5


def test_nanoseconds_are_not_lost() -> None:
    assert nanoseconds("2026-11-23T10:00:00.123456789Z") == (nanoseconds("2026-11-23T10:00:00Z") or 0) + 123_456_789
    assert nanoseconds("2026-11-23T10:00:00.5+09:00") == (nanoseconds("2026-11-23T01:00:00Z") or 0) + 500_000_000
    assert nanoseconds("yesterday") is None
    assert nanoseconds("2026-13-45T10:00:00Z") is None
