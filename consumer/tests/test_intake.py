from __future__ import annotations

import base64
from typing import Any

import pytest
from fakes import FakeDynamo, FakeS3, client_error, kinesis_record, log_line

from cali_consumer.alert import Alert
from cali_consumer.intake import Intake
from cali_consumer.ledger import Ledger
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed


@pytest.fixture
def submitted() -> list[Alert]:
    return []


@pytest.fixture
def intake(ledger: Ledger, s3: FakeS3, observed: Observed, submitted: list[Alert]) -> Intake:
    return Intake(ledger, ObjectStore(s3, "b", observed), submitted.append, 4, observed)  # type: ignore[arg-type]


def never() -> bool:
    return False


def counters(observed: Observed) -> dict[str, int]:
    return dict(observed.snapshot()["counters"])


def test_poison_is_kept_and_the_batch_goes_on(
    intake: Intake, s3: FakeS3, submitted: list[Alert], observed: Observed
) -> None:
    records = [
        kinesis_record(b"\xff\xfe not json", 1),
        kinesis_record(log_line("disk full"), 2),
        kinesis_record(log_line("hello", level="LOUD"), 3),
        kinesis_record(log_line("fine", level="INFO"), 4),
    ]
    progress = intake.process("shard-0", records, never)
    assert progress.complete
    assert progress.safe() == records[-1]["SequenceNumber"]
    assert [alert.message for alert in submitted] == ["disk full"]
    rejected = {document["reason"]: document for document in s3.documents("rejected/dt=")}
    assert set(rejected) == {"invalid_utf8", "unknown_level"}
    assert base64.b64decode(rejected["invalid_utf8"]["bytes_base64"]) == b"\xff\xfe not json"
    assert rejected["unknown_level"]["record_id"]
    assert rejected["unknown_level"]["sequence_number"] == records[2]["SequenceNumber"]
    assert {name: counters(observed)[name] for name in ("read", "valid", "rejected")} == {
        "read": 4,
        "valid": 2,
        "rejected": 2,
    }


def test_a_batch_of_one_error_alerts_once(intake: Intake, submitted: list[Alert], ledger_table: FakeDynamo) -> None:
    records = [kinesis_record(log_line(f"disk {n} full", second=n), n) for n in range(1, 9)]
    intake.process("shard-0", records, never)
    assert len(submitted) == 1
    (row,) = ledger_table.rows.values()
    assert row["record_id"] == submitted[0].record_id
    assert row["suppressed"] == 7
    assert ledger_table.writes == 1


def test_reading_a_batch_again_changes_nothing(
    intake: Intake, submitted: list[Alert], ledger: Ledger, observed: Observed
) -> None:
    records = [kinesis_record(log_line(f"disk {n} full", second=n), n) for n in range(1, 5)]
    intake.process("shard-0", records, never)
    ledger.sent(submitted[0], channel="C", ts="1", alerted_at="a", done=True)
    again = [{**record, "SequenceNumber": f"9{record['SequenceNumber'][1:]}"} for record in records]
    assert intake.process("shard-0", again, never).complete
    assert len(submitted) == 1
    assert counters(observed)["reread"] == 4


def test_a_dead_bucket_holds_the_checkpoint_before_the_poison(
    intake: Intake, s3: FakeS3, submitted: list[Alert]
) -> None:
    s3.failing = client_error("SlowDown", "PutObject")
    tries = iter([False, False, True])
    records = [
        kinesis_record(log_line("ok", level="INFO"), 1),
        kinesis_record(b"poison", 2),
        kinesis_record(log_line("e"), 3),
    ]
    progress = intake.process("shard-0", records, lambda: next(tries, True))
    assert not progress.complete
    assert progress.safe() == records[0]["SequenceNumber"]
    assert len(submitted) == 1


def test_a_dead_ledger_is_waited_for(
    intake: Intake, ledger_table: FakeDynamo, submitted: list[Alert], observed: Observed
) -> None:
    ledger_table.failing = client_error("InternalServerError")
    asked: list[int] = []

    def heals() -> bool:
        asked.append(1)
        if len(asked) == 2:
            ledger_table.failing = None
        return False

    assert intake.process("shard-0", [kinesis_record(log_line("e"), 1)], heals).complete
    assert len(submitted) == 1
    assert observed.dependency_fault("dynamodb") is None


def test_what_the_table_never_takes_is_set_aside(intake: Intake, ledger_table: FakeDynamo, s3: FakeS3) -> None:
    ledger_table.failing = client_error("ValidationException")
    assert intake.process("shard-0", [kinesis_record(log_line("e"), 1)], never).complete
    assert [document["reason"] for document in s3.documents("rejected/")] == ["not_storable"]


def test_huge_errors_fit_the_table(intake: Intake, submitted: list[Alert]) -> None:
    line: dict[str, Any] = log_line("x" * 500_000, stack_trace="\N{SNOWMAN}" * 500_000)
    intake.process("shard-0", [kinesis_record(line, 1)], never)
    (alert,) = submitted
    assert alert.truncated
    assert len(str(alert.as_item()).encode()) < 400_000
