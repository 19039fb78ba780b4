from __future__ import annotations

import base64
from typing import Any

import pytest
from fakes import FakeDynamo, FakeS3, client_error, kinesis_record, log_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_an_error_is_not_hidden_by_a_warning_of_its_batch(intake: Intake, submitted: list[Alert]) -> None:
    levels = ["WARN", "ERROR", "WARN", "FATAL"]
    records = [kinesis_record(log_line("disk full", second=n, level=level), n) for n, level in enumerate(levels)]
    intake.process("shard-0", records, never)
    (alert,) = submitted
    assert alert.level == "ERROR"
    assert alert.suppressed == 3


def test_an_error_after_a_silent_warning_alerts(
    intake: Intake, submitted: list[Alert], ledger: Ledger, ledger_table: FakeDynamo
) -> None:
    intake.process("shard-0", [kinesis_record(log_line("disk full", level="WARN"), 1)], never)
    ledger.update(submitted[0], done=True)
    records = [kinesis_record(log_line("disk full", second=4, level=level), 2) for level in ("WARN", "ERROR")]
    intake.process("shard-0", records, never)
    assert [alert.level for alert in submitted] == ["WARN", "ERROR"]
    (row,) = ledger_table.rows.values()
    assert row["record_id"] == submitted[1].record_id


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_errors_alert_once_however_levels_mix_and_batches_are_read_again(data: st.DataObject) -> None:
    """No error goes without an alert, none read again alerts, whatever a kill leaves unsaid."""
    table, observed = FakeDynamo("alert_key"), Observed()
    ledger = Ledger(table, "t", "me/1", 300, 1e5)  # type: ignore[arg-type]
    submitted: list[Alert] = []
    intake = Intake(ledger, ObjectStore(FakeS3(), "b", observed), submitted.append, 1, observed)  # type: ignore[arg-type]
    lines = data.draw(
        st.lists(st.tuples(st.integers(0, 900), st.sampled_from(["WARN", "ERROR", "FATAL"])), min_size=1, max_size=12)
    )
    records = [
        kinesis_record(log_line("disk full", second=second, level=level, log_file=f"checkout-{index}.log"), index)
        for index, (second, level) in enumerate(lines)
    ]

    def work_off() -> None:
        """Decide what is pending, as far as this process gets."""
        for key, owner in list(ledger.pending()):
            alert = ledger.take(key, owner)
            assert alert is not None
            outcome = data.draw(st.sampled_from(["done", "left"]), label="outcome")
            if outcome == "left":
                continue
            if alert.level.severe or data.draw(st.booleans(), label="the warning matches"):
                ledger.sent(alert, channel="C", ts="1", alerted_at="a", done=True)
                alerted.append(alert)
            else:
                ledger.update(alert, done=True)

    alerted: list[Alert] = []
    at = 0
    while at < len(records):
        size = data.draw(st.integers(1, 4), label="batch")
        intake.process("shard-0", records[at : at + size], never)
        (row,) = table.rows.values()
        severe = any(level != "WARN" for _, level in lines[at : at + size])
        assert not severe or row["level"] != "WARN" or row.get("alerted_at")
        at += size
        work_off()
        (row,) = table.rows.values()
        if "pending" not in row and data.draw(st.booleans(), label="the window passes"):
            row["window_until"] = 1
    for key, owner in list(ledger.pending()):
        last = ledger.take(key, owner)
        assert last is not None
        ledger.sent(last, channel="C", ts="1", alerted_at="a", done=True)
    (row,) = table.rows.values()
    row["window_until"] = 1
    submitted.clear()
    intake.process("shard-0", records[data.draw(st.integers(0, len(records) - 1), label="again from") :], never)
    assert submitted == []
    assert len({alert.window for alert in alerted}) == len(alerted)
    intake.close()


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
