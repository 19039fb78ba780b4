"""A service that is stopped: exactly its steps say so and name it, the rest goes on, and it comes back whole."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from e2e.faults.evidence import Evidence, counted
from e2e.past_incidents import some_incident
from e2e.pipeline import LEASES, Pipeline
from e2e.waiting import eventually

SERVICES = (
    "log-generator",
    "shipper",
    "aws",
    "identity",
    "firehose",
    "opensearch",
    "consumer",
    "milvus",
    "model",
    "slack",
)
#: What alerts need and ingest does not.
BEHIND_ALERTS = ("milvus", "model", "slack")


def _not_ok(status: dict[str, Any]) -> dict[int, str]:
    return {step["number"]: step["reason"] for step in status["steps"] if step["state"] != "ok"}


def _error(message: str) -> str:
    return json.dumps({"level": "ERROR", "service": "faults", "message": message})


def _words() -> str:
    """Letters that no other run has: numbers are masked before two errors are compared."""
    return secrets.token_hex(8).translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.fixture(scope="module")
def steps(pipeline: Pipeline) -> dict[str, set[int]]:
    """The steps that need each service, as `status` says."""
    return {service["name"]: set(service["steps"]) for service in pipeline.status()["services"]}


def test_every_service_is_tried(steps: dict[str, set[int]]) -> None:
    assert steps.keys() == set(SERVICES)
    assert set.union(*steps.values()) == set(range(1, 11))


@pytest.mark.parametrize("name", SERVICES)
def test_a_stopped_service_fails_exactly_its_steps(pipeline: Pipeline, steps: dict[str, set[int]], name: str) -> None:
    message = some_incident(pipeline, 11)["error_message"]
    pipeline.command("stop", name)
    try:
        status = pipeline.status()
        reasons = _not_ok(status)
        assert reasons.keys() == steps[name]
        assert all(name in reason for reason in reasons.values()), reasons
        assert status["state"] == "degraded"
    finally:
        pipeline.command("start", name)
    # What a restarted consumer last searched and explained it knows again after the first error.
    pipeline.send(_error(f"{message} {_words()}"))
    back = eventually(lambda: s if (s := pipeline.status())["state"] == "up" else None, "all ten back", within_s=60)
    assert _not_ok(back) == {}


def test_ingest_goes_on_without_what_alerts_need_and_alerts_follow_once(
    pipeline: Pipeline, evidence: Evidence, steps: dict[str, set[int]], report: Callable[[str], None]
) -> None:
    known = some_incident(pipeline, 12)["error_message"]
    pipeline.command("stop", *BEHIND_ALERTS)
    try:
        errors = pipeline.send(*(_error(f"{known} {_words()}") for _ in range(3)), service="dark")
        lines = [json.dumps({"level": "INFO", "service": "faults", "message": f"line {n}"}) for n in range(50)]
        sent = [one["record_id"] for one in [*errors, *pipeline.send(*lines, service="dark")]]
        eventually(lambda: counted(evidence.s3()).keys() >= set(sent), "all of it in S3")
        eventually(lambda: counted(evidence.opensearch()).keys() >= set(sent), "all of it in OpenSearch")
        newest = int(pipeline.stream_records()[-1]["SequenceNumber"])
        eventually(lambda: _checkpoint(pipeline) >= newest, "the consumer past all of it")
        assert _not_ok(pipeline.status()).keys() == set.union(*(steps[name] for name in BEHIND_ALERTS)) == {8, 9, 10}
        owed = [pipeline.ledger_row(one["record_id"])["state"] for one in errors]
    finally:
        pipeline.command("start", *BEHIND_ALERTS)
    wanted = {one["record_id"] for one in errors}
    eventually(lambda: evidence.alerts().keys() >= wanted, "the alerts", within_s=90)
    eventually(lambda: not any("pending" in row for row in _rows(pipeline, errors)), "nothing owed", within_s=90)
    rows = _rows(pipeline, errors)
    alerts = evidence.alerts()
    sources = sorted(row["analysis_source"] for row in rows)
    report(
        f"{len(sent)} records through without {', '.join(BEHIND_ALERTS)} (ledger: {owed}); afterwards "
        f"{sum(alerts[one] for one in wanted)} alerts for {len(wanted)} errors, explained by {sources}"
    )
    assert {alerts[one] for one in wanted} == {1}


def _rows(pipeline: Pipeline, errors: list[dict[str, str]]) -> list[dict[str, str]]:
    return [pipeline.ledger_row(one["record_id"]) for one in errors]


def _checkpoint(pipeline: Pipeline) -> int:
    item = pipeline.dynamodb.get_item(TableName=LEASES, Key={"shard_id": {"S": "shardId-000000000000"}})["Item"]
    return int(item["checkpoint"]["S"])
