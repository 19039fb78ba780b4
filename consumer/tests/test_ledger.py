from __future__ import annotations

import time
from typing import Any

import pytest
from fakes import FakeDynamo, log_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cali_consumer.alert import Alert, State, alert_of
from cali_consumer.errors import LostOwnershipError
from cali_consumer.ledger import Ledger
from cali_consumer.record import LogRecord
from cali_consumer.rule import Verdict

ARRIVED = 1_795_100_000 * 10**9


def alert(second: float = 0.0, message: str = "disk 1 full", owner: str = "me/1", level: str = "ERROR") -> Alert:
    record = LogRecord(**log_line(message, second=second, level=level))
    return alert_of(record, arrived_ns=ARRIVED, received_at="r", validated_at="2026-11-23T00:00:00+00:00", owner=owner)


def finish(ledger: Ledger, opened: Alert) -> None:
    ledger.sent(opened, channel="C", ts="1.0", alerted_at="a", done=True)


def suppress(ledger: Ledger, row: dict[str, Any], again: Alert) -> int:
    return ledger.suppress(
        row,
        again.alert_key,
        covered=again.log_ns,
        record_ids=[again.record_id],
        errors=again.log_ns if again.level.severe else 0,
    )


def silence(ledger: Ledger, opened: Alert) -> None:
    ledger.update(opened, done=True, verdict=Verdict.NOTHING)


def test_one_replica_wins(ledger_table: FakeDynamo) -> None:
    first, second = (Ledger(ledger_table, "t", owner, 300, 1e5) for owner in ("a/1", "b/1"))  # type: ignore[arg-type]
    assert first.claim(alert(owner="a/1")) is None
    row = second.claim(alert(1, owner="b/1"))
    assert row is not None
    assert row["owner"] == "a/1"


def test_same_error_within_the_window_is_counted(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    opened = alert()
    assert ledger.claim(opened) is None
    finish(ledger, opened)
    again = alert(10, "disk 2 full")
    row = ledger.claim(again)
    assert row is not None
    assert suppress(ledger, row, again) == 1
    kept = ledger_table.rows[opened.alert_key]
    assert kept["suppressed"] == 1
    assert kept["suppressed_record_ids"] == [again.record_id]
    assert kept["covered_until"] == again.log_ns
    assert "pending" not in kept
    assert kept["expires_at"] > time.time()


def test_after_the_window_it_alerts_again(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    opened = alert()
    ledger.claim(opened)
    finish(ledger, opened)
    ledger_table.rows[opened.alert_key]["window_until"] = 1
    assert ledger.claim(alert(1)) is None


def test_a_late_second_reading_does_not_alert_again(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    opened = alert(5)
    ledger.claim(opened)
    finish(ledger, opened)
    ledger_table.rows[opened.alert_key]["window_until"] = 1
    for second in (5, 3):
        assert ledger.claim(alert(second)) is not None


def test_an_answer_that_was_lost_is_no_loss(ledger: Ledger) -> None:
    opened = alert()
    assert ledger.claim(opened) is None
    assert ledger.claim(opened) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_reading_again_from_anywhere_opens_nothing(data: st.DataObject) -> None:
    """Whatever the times and pauses, a second reading of what was dealt with alerts nothing."""
    table = FakeDynamo("alert_key")
    ledger = Ledger(table, "t", "me/1", 300, 1e5)  # type: ignore[arg-type]
    seconds = data.draw(st.lists(st.floats(0, 2000), min_size=1, max_size=12))
    for second in seconds:
        again = alert(second)
        row = ledger.claim(again)
        if row is None:
            finish(ledger, again)
        else:
            suppress(ledger, row, again)
        if data.draw(st.booleans(), label="the window passes"):
            table.rows[again.alert_key]["window_until"] = 1
    start = data.draw(st.integers(0, len(seconds) - 1))
    table.rows[again.alert_key]["window_until"] = 1
    for second in seconds[start:]:
        assert ledger.claim(alert(second)) is not None


@pytest.mark.parametrize("level", ["ERROR", "FATAL"])
@pytest.mark.parametrize("decided", [True, False])
def test_an_error_takes_the_place_of_a_silent_warning(
    ledger: Ledger, ledger_table: FakeDynamo, level: str, decided: bool
) -> None:
    warning, error = alert(level="WARN"), alert(4, level=level)
    assert ledger.claim(warning) is None
    if decided:
        silence(ledger, warning)
    assert ledger.claim(error) is None
    row = ledger_table.rows[error.alert_key]
    assert (row["record_id"], row["pending"], row["suppressed_record_ids"]) == (
        error.record_id,
        "1",
        [warning.record_id],
    )
    assert "expires_at" not in row
    with pytest.raises(LostOwnershipError):  # the warning can no longer be sent
        ledger.update(warning, state=State.SENDING)
    finish(ledger, error)
    ledger_table.rows[error.alert_key]["window_until"] = 1
    for again in (warning, error):
        assert ledger.claim(again) is not None


def test_an_older_error_takes_the_place_without_freeing_the_warning(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    warning, error = alert(4, level="WARN"), alert(0)
    ledger.claim(warning)
    silence(ledger, warning)
    assert ledger.claim(error) is None
    assert ledger_table.rows[error.alert_key]["covered_until"] == warning.log_ns


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.COMPLETE])
def test_an_error_does_not_repeat_a_warning_that_alerts(ledger: Ledger, ledger_table: FakeDynamo, state: State) -> None:
    warning, error = alert(level="WARN"), alert(4)
    ledger.claim(warning)
    if state is State.SENDING:
        ledger.update(warning, state=state)
    else:
        ledger.sent(warning, channel="C", ts="1.0", alerted_at="a", done=state is State.COMPLETE)
    row = ledger.claim(error)
    assert row is not None
    suppress(ledger, row, error)
    assert ledger_table.rows[error.alert_key]["errors_until"] == error.log_ns


def test_an_error_read_again_leaves_a_later_warning_alone(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    error, warning = alert(), alert(400, level="WARN")
    ledger.claim(error)
    finish(ledger, error)
    ledger_table.rows[error.alert_key]["window_until"] = 1
    assert ledger.claim(warning) is None
    assert "alerted_at" not in ledger_table.rows[error.alert_key]
    assert ledger.claim(error) is not None
    silence(ledger, warning)
    assert ledger.claim(error) is not None


def test_only_the_owner_writes(ledger: Ledger, ledger_table: FakeDynamo) -> None:
    opened = alert()
    ledger.claim(opened)
    other = Ledger(ledger_table, "t", "b/1", 300, 1e5)  # type: ignore[arg-type]
    taken = other.take(opened.alert_key, "me/1")
    assert taken is not None
    assert taken.model_dump(exclude={"owner"}) == opened.model_dump(exclude={"owner"})
    with pytest.raises(LostOwnershipError):
        ledger.update(opened, state=State.SENDING)
    assert other.take(opened.alert_key, "me/1") is None


def test_pending_rows_are_found_until_they_are_done(ledger: Ledger) -> None:
    opened = alert()
    ledger.claim(opened)
    assert list(ledger.pending()) == [(opened.alert_key, "me/1")]
    ledger.sent(opened, channel="C", ts="1.0", alerted_at="a", done=False)
    assert list(ledger.pending()) == [(opened.alert_key, "me/1")]
    ledger.update(opened, done=True)
    assert list(ledger.pending()) == []
    assert opened.state is State.COMPLETE


def test_a_released_row_is_anybodys(ledger: Ledger) -> None:
    opened = alert()
    ledger.claim(opened)
    ledger.release(opened)
    assert list(ledger.pending()) == [(opened.alert_key, "")]
