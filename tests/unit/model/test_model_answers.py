from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.model.analyst import analyse
from sandbox.model.embedder import Embedder
from sandbox.model.entities import adapted
from sandbox.model.extract import extractive_answer
from sandbox.model.imperative import imperative
from sandbox.model.prompt import ErrorPrompt, ErrorRecord, Incident, Message, read_error_prompt
from sandbox.model.stacktrace import origin

ERROR = ErrorRecord(
    service="checkout",
    level="ERROR",
    message="Pool orders-db is exhausted: waited 30000 ms, 50 of 50 in use",
    stack_trace="",
)
POOL = Incident(
    id="INC-1",
    service="billing",
    error_message="Pool ledger-db is exhausted: waited 15 s, 20 of 20 in use",
    cause="A report in billing kept connections of ledger-db open for longer than 15 s.",
    resolution="Killed the report and restarted billing. Added an alert at 80 % of the pool.",
    similarity=0.8,
)
DISK = Incident(
    id="INC-2",
    service="media",
    error_message="No space left on /data/thumbs",
    cause="Thumbnails were never deleted.",
    resolution="Deleted the old thumbnails and set up a daily cleanup",
    similarity=0.3,
)


def test_the_most_similar_incident_decides_cause_and_action(embedder: Embedder) -> None:
    analysis = analyse(ErrorPrompt(ERROR, (DISK, POOL)), embedder)
    assert "kept connections of orders-db open" in analysis.cause
    assert "INC-1" in analysis.cause
    assert analysis.immediate_action.startswith("Kill the report and restart checkout.")
    assert analysis.prevention.startswith("Add an alert at 80 % of the pool.")
    assert analysis.confidence == 0.8


def test_swapping_the_incident_changes_cause_and_action(embedder: Embedder) -> None:
    before = analyse(ErrorPrompt(ERROR, (POOL, DISK)), embedder)
    after = analyse(ErrorPrompt(ERROR, (POOL, replace(DISK, similarity=0.9))), embedder)
    assert "Thumbnails were never deleted" in after.cause
    assert "Delete the old thumbnails" in after.immediate_action
    assert before.cause != after.cause
    assert before.immediate_action != after.immediate_action
    assert before.prevention != after.prevention


def test_without_similarities_the_nearest_text_decides(embedder: Embedder) -> None:
    analysis = analyse(ErrorPrompt(ERROR, (replace(DISK, similarity=None), replace(POOL, similarity=None))), embedder)
    assert analysis.incident is not None
    assert analysis.incident.id == "INC-1"


def test_without_incidents_the_answer_is_honest(embedder: Embedder) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/app/shop/pool.py", line 41, in take\n    raise\n'
        "TimeoutError: no slot"
    )
    analysis = analyse(ErrorPrompt(replace(ERROR, stack_trace=trace), ()), embedder)
    assert "No past incident" in analysis.cause
    assert "take (pool.py:41)" in analysis.cause
    assert "orders-db" in analysis.immediate_action
    assert analysis.confidence <= 0.3


def test_a_distant_incident_is_called_distant(embedder: Embedder) -> None:
    analysis = analyse(ErrorPrompt(ERROR, (replace(DISK, similarity=0.2),)), embedder)
    assert "not a close one" in analysis.cause
    assert analysis.confidence == 0.2


def test_two_incidents_that_disagree_lower_the_confidence(embedder: Embedder) -> None:
    alone = analyse(ErrorPrompt(ERROR, (POOL,)), embedder)
    contested = analyse(ErrorPrompt(ERROR, (POOL, replace(DISK, similarity=0.79))), embedder)
    assert contested.confidence < alone.confidence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ledger-db was full after 15 s", "orders-db was full after 30000 ms"),
        ("raised the limit to 80", "raised the limit to 80"),
        ("billing-worker of billing", "billing-worker of checkout"),
    ],
)
def test_only_the_particulars_of_the_past_error_are_exchanged(text: str, expected: str) -> None:
    told = "Pool ledger-db is exhausted: waited 15 s"
    here = "Pool orders-db is exhausted: waited 30000 ms"
    assert adapted(text, told_of=told, told_service="billing", here=here, here_service="checkout") == expected


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_adapting_takes_any_text(text: str, told: str, here: str) -> None:
    assert isinstance(adapted(text, told_of=told, told_service="a", here=here, here_service="b"), str)


@pytest.mark.parametrize(
    ("past", "instruction"),
    [
        ("Rolled back the release and purged the cache", "Roll back the release and purge the cache"),
        ("We renewed the certificate, then reloaded the proxies", "Renew the certificate, then reload the proxies"),
        ("Restarted the worker with failed jobs", "Restart the worker with failed jobs"),
        ("Raise the limit", "Raise the limit"),
        ("The limit was raised", "The limit was raised"),
        ("More replicas were added", "More replicas were added"),
    ],
)
def test_what_was_done_becomes_what_to_do(past: str, instruction: str) -> None:
    assert imperative(past) == instruction


def test_the_root_of_a_java_trace_is_found() -> None:
    found = origin(
        "java.lang.IllegalStateException: outer\n\tat com.shop.A.run(A.java:1)\n"
        "Caused by: java.net.ConnectException: refused\n\tat java.net.Socket.connect(Socket.java:9)\n"
        "\tat com.shop.Db.open(Db.java:12)"
    )
    assert found.raised == "java.net.ConnectException: refused"
    assert found.location == "Db.open (Db.java:12)"


def test_a_prompt_is_read_from_amid_other_text() -> None:
    body = json.dumps({"error": {"service": "a", "message": "boom"}, "past_incidents": [{"id": 7, "cause": "c"}]})
    prompt = read_error_prompt([Message("system", "Be {brief}."), Message("user", f"Explain:\n{body}\nThanks {{")])
    assert prompt is not None
    assert prompt.error.service == "a"
    assert prompt.incidents[0].id == "7"


_KEYS = st.sampled_from(["error", "past_incidents", "message", "id"])
_JSON = st.recursive(st.none() | st.text() | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner))


@given(st.text() | _JSON.map(json.dumps))
def test_any_text_is_a_prompt_or_is_none(text: str) -> None:
    read_error_prompt([Message("user", text)])


def test_other_prompts_are_answered_from_their_own_sentences(embedder: Embedder) -> None:
    told = "The moon circles the earth. Jupiter has 95 moons. Bread bakes at 220 degrees. How many moons has Jupiter?"
    assert "Jupiter has 95 moons." in extractive_answer([Message("user", told)], embedder)
