from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.iam import decisions
from sandbox.iam.decisions import Decision
from sandbox.iam.refusals import Use, refused, standing
from sandbox.replicas import OneServer
from sandbox.steps import TEN_STEPS
from sandbox.stores import Stores

CONSUMER = "cali-consumer"
BUCKET = "arn:aws:s3:::cali-logs"
LEDGER = "arn:aws:dynamodb:r:1:table/cali-alert-ledger"
LEASES = "arn:aws:dynamodb:r:1:table/cali-consumer-leases"
NOW = 1000.0


def denied(role: str, action: str, resource: str = "arn:aws:x", **more: Any) -> Decision:
    return Decision(role, action, resource, **{"denied": 1, "denied_at": NOW, "denied_since": NOW, **more})


def test_a_refusal_stands_until_it_is_allowed_or_nobody_repeats_it() -> None:
    allowed = denied(CONSUMER, "a:Allowed", denied_since=0.0, allowed_at=NOW)
    old = denied(CONSUMER, "a:Old", denied_at=NOW - 61, denied_since=NOW - 61)
    older = denied(CONSUMER, "a:Lasting", denied_since=NOW - 500)
    fresh = denied(CONSUMER, "a:Fresh")
    assert standing([allowed, old, fresh, older], NOW) == [older, fresh]


def test_the_line_names_role_action_and_where_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    line = refused([Use(CONSUMER, "kinesis:*")], [denied(CONSUMER, "kinesis:GetRecords")])
    assert all(part in line for part in ("AccessDenied", CONSUMER, "kinesis:GetRecords", "terraform/06-iam.tf"))
    assert refused([Use("cali-firehose", "kinesis:*")], [denied(CONSUMER, "kinesis:GetRecords")]) == ""


@pytest.mark.parametrize(
    ("role", "action", "resource", "steps"),
    [
        ("cali-fluent-bit", "kinesis:PutRecords", "*", {2}),
        ("cali-firehose", "kinesis:GetRecords", "*", {4, 5}),
        ("cali-firehose", "s3:PutObject", f"{BUCKET}/raw/*", {4}),
        ("cali-firehose", "s3:PutObject", f"{BUCKET}/firehose-failed/*", {5}),
        ("cali-firehose", "es:DescribeDomain", "arn:aws:es:r:1:domain/cali-logs", {5}),
        (CONSUMER, "kinesis:GetRecords", "*", {6}),
        (CONSUMER, "secretsmanager:GetSecretValue", "*", {6}),
        (CONSUMER, "dynamodb:UpdateItem", LEASES, {6}),
        (CONSUMER, "dynamodb:UpdateItem", LEDGER, {7}),
        (CONSUMER, "s3:ListBucket", BUCKET, {7}),
        (CONSUMER, "s3:PutObject", f"{BUCKET}/rejected/*", {7}),
        (CONSUMER, "s3:PutObject", f"{BUCKET}/new_errors/*", {8}),
        (CONSUMER, "dynamodb:Query", f"{LEDGER}/index/pending-index", {10}),
        (CONSUMER, "dynamodb:BatchGetItem", LEDGER, {10}),
    ],
)
def test_a_refusal_fails_the_steps_that_need_the_action(role: str, action: str, resource: str, steps: set[int]) -> None:
    decision = denied(role, action, resource)
    assert {step.number for step in TEN_STEPS if any(use.covers(decision) for use in step.uses)} == steps


def test_stores_read_what_the_emulator_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    file = tmp_path / "decisions.json"
    decisions.write(file, [denied(CONSUMER, "kinesis:GetRecords")])
    uses = [Use(CONSUMER, "kinesis:GetRecords")]
    for known, found in ((file, True), (tmp_path / "none", False), (None, False)):
        none = OneServer("")
        stores = Stores("r", "", "", "", "", "", "", none, none, {}, tmp_path, decisions=known)
        assert bool(stores.refused(uses)) is found
