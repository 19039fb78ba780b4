"""An alert from its row to the chat, with everything that can happen in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fakes import FakeChat, FakeDynamo, FakeS3, client_error, log_line

from cali_consumer.alert import Alert, State, alert_of
from cali_consumer.analysis import Analysis
from cali_consumer.errors import (
    AnalysisError,
    ChatError,
    ChatRefusedError,
    ChatThrottledError,
    SearchUnavailableError,
    UnresolvedSendError,
)
from cali_consumer.ledger import Ledger
from cali_consumer.lookup import Lookup
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed
from cali_consumer.outbox import Outbox
from cali_consumer.pacing import Pacer
from cali_consumer.past_incidents import PastIncident
from cali_consumer.record import LogRecord
from cali_consumer.sender import FollowUps, Sender

ANALYSIS = Analysis(cause="the cause", immediate_action="act", prevention="prevent", confidence=0.8)


@dataclass
class Model:
    """Searches and explains as it is told."""

    similarity: float = 0.9
    search_error: Exception | None = None
    answers: list[Callable[[], Analysis]] = field(default_factory=list)

    def embed(self, message: str) -> list[float]:
        if self.search_error:
            raise self.search_error
        return [1.0]

    def nearest(self, vector: list[float]) -> list[PastIncident]:
        return [
            PastIncident(
                id="INC-1",
                service="s",
                error_message="e",
                cause="old cause",
                resolution="old fix",
                similarity=self.similarity,
            )
        ]

    def analyse(self, messages: list[dict[str, str]]) -> Analysis:
        return self.answers.pop(0)() if self.answers else ANALYSIS


@dataclass
class Bench:
    """One process."""

    ledger: Ledger
    chat: FakeChat
    model: Model
    s3: FakeS3
    observed: Observed
    outbox: Outbox

    def admit(self, message: str = "disk full", **line: Any) -> Alert:
        now = time.time()
        record = LogRecord(**log_line(message, second=now - 1_795_000_000, **line))
        alert = alert_of(
            record,
            arrived_ns=int(now * 1e9),
            received_at="r",
            validated_at="2999-01-01T00:00:00+00:00",
            owner=self.ledger.owner,
        )
        assert self.ledger.claim(alert) is None
        self.outbox.submit(alert)
        return alert

    def count(self, name: str) -> int:
        return int(self.observed.snapshot()["counters"][name])


Make = Callable[..., Bench]


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.005)


@pytest.fixture
def make(ledger_table: FakeDynamo, chat: FakeChat, s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr("cali_consumer.outbox._SWEEP_S", 0.05)
    monkeypatch.setattr("cali_consumer.outbox._LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr("cali_consumer.sender._LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr("cali_consumer.sender.RECONCILE_AFTER_S", 0.05)
    monkeypatch.setattr("cali_consumer.outbox.RECONCILE_AFTER_S", 0.05)
    made: list[Bench] = []

    def build(owner: str = "me/1", *, budget_s: float = 1.0, window_s: float = 300.0, start: bool = True) -> Bench:
        observed, model = Observed(), Model()
        ledger = Ledger(ledger_table, "t", owner, window_s, 1e5)  # type: ignore[arg-type]
        outbox = Outbox(
            ledger,
            Lookup(model, model, 0.7, observed),  # type: ignore[arg-type]
            model,  # type: ignore[arg-type]
            ObjectStore(s3, "b", observed),  # type: ignore[arg-type]
            Sender(ledger, chat, Pacer(1000, 100), "", observed),
            FollowUps(ledger, chat, Pacer(1000, 100), "", observed),
            may_take=lambda name: name in (owner, "", "dead/1"),
            workers=4,
            backlog=16,
            budget_s=budget_s,
            observed=observed,
        )
        if start:
            outbox.start()
        made.append(Bench(ledger, chat, model, s3, observed, outbox))
        return made[-1]

    yield build
    for bench in made:
        bench.outbox.drain(time.monotonic())


def state(table: FakeDynamo, alert: Alert) -> str:
    return str(table.rows[alert.alert_key]["state"])


def texts(message: Any) -> str:
    return str(message.blocks)


def test_a_match_is_explained(make: Make, chat: FakeChat, ledger_table: FakeDynamo) -> None:
    alert = make().admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    (entry,) = chat.messages
    assert "the cause" in texts(entry["message"])
    row = ledger_table.rows[alert.alert_key]
    assert row["incident_id"] == "INC-1"
    assert row["analysis_source"] == "model"
    assert row["slack_ts"] == "1.0"
    assert "pending" not in row
    assert row["window_until"] > time.time() + 290


def test_an_unknown_error_is_saved(make: Make, chat: FakeChat, s3: FakeS3, ledger_table: FakeDynamo) -> None:
    bench = make()
    bench.model.similarity = 0.2
    alert = bench.admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert [document["record_id"] for document in s3.documents("new_errors/dt=")] == [alert.record_id]
    assert "No past incident" in texts(chat.messages[0]["message"])
    assert "incident_id" not in ledger_table.rows[alert.alert_key]


def test_a_warning_that_nothing_resembles_is_silent(
    make: Make, chat: FakeChat, s3: FakeS3, ledger_table: FakeDynamo
) -> None:
    bench = make()
    bench.model.similarity = 0.2
    alert = bench.admit(level="WARN")
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert chat.messages == []
    assert s3.objects == {}
    assert ledger_table.rows[alert.alert_key]["window_until"] > time.time()


@pytest.mark.parametrize("searchable", [True, False])
def test_an_error_alerts_though_its_warning_did_not(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo, searchable: bool
) -> None:
    bench = make()
    bench.model.similarity = 0.2
    bench.model.search_error = None if searchable else SearchUnavailableError("milvus", "down")
    warning = bench.admit(level="WARN")
    until(lambda: ledger_table.rows[warning.alert_key].get("verdict") or bench.count("search_failed"))
    error = bench.admit()
    until(lambda: state(ledger_table, error) == State.COMPLETE)
    assert len(chat.messages) == 1
    assert ledger_table.rows[error.alert_key]["record_id"] == error.record_id


def test_without_a_search_the_alert_says_why(make: Make, chat: FakeChat, s3: FakeS3) -> None:
    bench = make()
    bench.model.search_error = SearchUnavailableError("milvus", "down")
    bench.admit()
    until(lambda: bench.count("alert_degraded"))
    assert "Degraded" in texts(chat.messages[0]["message"])
    assert len(s3.objects) == 1


def test_a_warning_waits_for_the_search(make: Make, chat: FakeChat) -> None:
    bench = make()
    bench.model.search_error = SearchUnavailableError("milvus", "down")
    bench.admit(level="WARN")
    until(lambda: bench.count("search_failed") >= 2)
    assert chat.messages == []
    bench.model.search_error = None
    until(lambda: chat.messages)


def test_a_late_analysis_follows(make: Make, chat: FakeChat, ledger_table: FakeDynamo) -> None:
    bench = make(budget_s=0.05)

    def slow() -> Analysis:
        until(lambda: ledger_table.rows and next(iter(ledger_table.rows.values()))["state"] == State.SENT)
        return ANALYSIS

    bench.model.answers = [slow]
    alert = bench.admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    (entry,) = chat.messages
    assert "old cause" in texts(entry["message"])
    assert "the cause" not in texts(entry["message"])
    assert "the cause" in texts(entry["updates"][0])
    assert ledger_table.rows[alert.alert_key]["analysis_source"] == "model"
    assert bench.count("analysis_late") == 1


def fails() -> Analysis:
    raise AnalysisError("no")


def test_a_failed_analysis_is_asked_again(make: Make, chat: FakeChat) -> None:
    bench = make()
    bench.model.answers = [fails, fails]
    bench.admit()
    until(lambda: bench.count("alert_completed"))
    assert "the cause" in texts(chat.messages[0]["updates"][-1])
    assert len(chat.messages) == 1


def test_an_analysis_that_never_comes_ends_with_the_window(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo
) -> None:
    bench = make(window_s=0.2)
    bench.model.answers = [fails] * 1000
    alert = bench.admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert "gave no analysis" in texts(chat.messages[0]["updates"][-1])
    assert ledger_table.rows[alert.alert_key]["analysis_source"] == "incident"


@pytest.mark.parametrize("error", [ChatThrottledError(0.02), ChatError("down"), ConnectionError("odd")])
def test_what_certainly_did_not_arrive_is_sent_again(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo, error: Exception
) -> None:
    chat.before = [error]
    alert = make().admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert len(chat.messages) == 1


def test_refused_blocks_go_as_text(make: Make, chat: FakeChat) -> None:
    chat.before = [ChatRefusedError("invalid_blocks")]
    make().admit()
    until(lambda: chat.messages)
    assert chat.messages[0]["message"].blocks == []
    assert "disk full" in chat.messages[0]["message"].text


@pytest.mark.parametrize("arrived", [True, False])
def test_a_send_of_unknown_outcome_is_looked_up(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo, *, arrived: bool
) -> None:
    lost = UnresolvedSendError("timeout")
    chat.after, chat.before = ([lost], []) if arrived else ([], [lost])
    bench = make()
    alert = bench.admit()
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert len(chat.messages) == 1
    assert bench.count("alert_reconciled") == int(arrived)


def test_by_webhook_it_is_repeated_and_marked(make: Make, chat: FakeChat) -> None:
    chat.findable = False
    chat.after = [UnresolvedSendError("timeout")]
    bench = make()
    bench.admit()
    until(lambda: bench.count("alert_repeated"))
    assert "may repeat" in chat.messages[1]["message"].text


def test_a_ledger_that_fails_after_the_send_repeats_nothing(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo
) -> None:
    bench = make()
    post = chat.post

    def post_and_break(message: Any) -> Any:
        receipt = post(message)
        ledger_table.failing = client_error("InternalServerError")
        return receipt

    chat.post = post_and_break  # type: ignore[method-assign]
    alert = bench.admit()
    until(lambda: ledger_table.failing and chat.messages)
    time.sleep(0.1)
    ledger_table.failing = None
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert len(chat.messages) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_what_a_dead_process_left_is_finished(
    make: Make, chat: FakeChat, ledger_table: FakeDynamo, *, arrived: bool
) -> None:
    """It died with the send written down: before Slack had it, or before the ledger knew that Slack had it."""
    dead = make("dead/1", start=False)
    post, died = chat.post, []

    def post_and_die(message: Any) -> Any:
        if arrived:
            post(message)
        died.append(message)
        chat.post = post  # type: ignore[method-assign]
        raise SystemExit

    chat.post = post_and_die  # type: ignore[method-assign]
    alert = dead.admit()
    work_until_death(dead)
    assert died
    assert state(ledger_table, alert) == State.SENDING
    make("me/1")
    until(lambda: state(ledger_table, alert) == State.COMPLETE)
    assert len(chat.messages) == 1


def work_until_death(bench: Bench) -> None:
    sender = bench.outbox._sender
    assert sender._queue.wait_due(5)
    work = sender._queue.pop_due()
    assert work is not None
    with pytest.raises(SystemExit):
        sender._do(work)


def test_rows_of_the_living_are_left_alone(make: Make, chat: FakeChat) -> None:
    other = make("other/1", start=False)
    alert = other.admit()
    bench = make("me/1")
    until(lambda: bench.observed.dependency_fault("dynamodb") is None)
    time.sleep(0.2)
    assert chat.messages == []
    assert alert.state is State.PENDING


def test_more_than_fits_is_swept_up_later(make: Make, chat: FakeChat) -> None:
    bench = make()
    for number in range(60):
        bench.admit(f"disk {chr(97 + number % 26)}{chr(97 + number // 26)} is full")
    until(lambda: len(chat.messages) == 60)


def test_draining_leaves_the_rest_to_others(make: Make, chat: FakeChat, ledger_table: FakeDynamo) -> None:
    bench = make()
    chat.before = [ChatError("down")] * 1000
    alert = bench.admit()
    until(lambda: state(ledger_table, alert) == State.SENDING)
    bench.outbox.drain(time.monotonic() + 0.1)
    assert ledger_table.rows[alert.alert_key]["owner"] == ""
    assert ledger_table.rows[alert.alert_key]["pending"] == "1"
