"""Step 10: one alert an error, whatever the traffic."""

from __future__ import annotations

import json

import pytest

from e2e.past_incidents import some_incident
from e2e.pipeline import Pipeline, payload
from e2e.waiting import eventually


def _error(message: str, level: str = "ERROR") -> str:
    return json.dumps({"level": level, "service": "once", "message": message})


def test_the_same_error_alerts_once(pipeline: Pipeline) -> None:
    message = some_incident(pipeline, 8)["error_message"]
    sent = pipeline.send(*(_error(f"{message} while serving order {number}") for number in range(100, 120)))
    steps = [pipeline.trace(one["record_id"], wait_s=30) for one in sent[-1:]]
    assert steps[0][10]["state"] == "skipped"
    ids = {one["record_id"] for one in sent}
    assert len([m for m in pipeline.alerts() if payload(m).get("record_id") in ids]) == 1


def test_an_unknown_error_gets_a_basic_alert_and_is_kept(pipeline: Pipeline) -> None:
    [sent] = pipeline.send(_error("the moon is in the wrong house for this kind of soup"))
    eventually(lambda: pipeline.alerts_of(sent["record_id"]), "the basic alert")
    key = eventually(
        lambda: next((k for k in pipeline.keys("new_errors/dt=") if sent["record_id"] in k), None),
        "the new error in S3",
    )
    assert json.loads(pipeline.body(key))["message"].startswith("the moon")


@pytest.mark.parametrize("level", ["INFO", "WARN"])
def test_what_needs_no_alert_gets_none(pipeline: Pipeline, level: str) -> None:
    [sent] = pipeline.send(_error("my aunt prefers lavender to basil", level))
    steps = pipeline.trace(sent["record_id"], wait_s=30)
    assert steps[10]["state"] == "skipped"
    assert not pipeline.alerts_of(sent["record_id"])
