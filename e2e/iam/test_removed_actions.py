"""One action less than a workload needs: the emulator refuses it, the step that needs it says so, and it heals."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from e2e.iam.roles import ACCOUNT, refusal, without
from e2e.pipeline import BUCKET, LEASES, LEDGER, REGION, STREAM, Pipeline
from e2e.waiting import eventually

_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{STREAM}"
_KEY = {"alert_key": {"S": "nobody"}}
#: A keep-alive of the emulator's answer: long enough for leases, sweeps and buffers, on a slow machine.
_PATIENCE_S = 90


@dataclass(frozen=True)
class Removed:
    """An action that is taken away.

    Attributes:
        role, action: Whose, and which.
        step: The first step that fails without it.
        call: The same action as a call: service, method, arguments.
        restart: The part that calls it only when it starts.
        provoke: Makes a workload call it that would not otherwise.
    """

    role: str
    action: str
    step: int
    call: tuple[str, str, dict[str, Any]]
    restart: str = ""
    provoke: Callable[[Pipeline], object] = field(default=lambda _pipeline: None)


def _error(pipeline: Pipeline) -> None:
    word = secrets.token_hex(8).translate(str.maketrans("0123456789", "ghijklmnop"))
    pipeline.send(json.dumps({"level": "ERROR", "service": "iam", "message": f"no permission to {word}"}))


def _malformed(pipeline: Pipeline) -> None:
    pipeline.kinesis.put_record(StreamName=STREAM, PartitionKey="iam", Data=secrets.token_bytes(16))


_REMOVED = [
    Removed(
        "cali-fluent-bit",
        "kinesis:PutRecords",
        2,
        ("kinesis", "put_records", {"StreamARN": _ARN, "Records": [{"Data": b"{}", "PartitionKey": "iam"}]}),
    ),
    Removed(
        "cali-consumer", "kinesis:GetRecords", 6, ("kinesis", "get_records", {"StreamARN": _ARN, "ShardIterator": "x"})
    ),
    Removed(
        "cali-consumer",
        "kinesis:DescribeStreamSummary",
        6,
        ("kinesis", "describe_stream_summary", {"StreamARN": _ARN}),
        restart="consumer",
    ),
    Removed("cali-consumer", "dynamodb:Scan", 6, ("dynamodb", "scan", {"TableName": LEASES})),
    Removed(
        "cali-consumer",
        "dynamodb:UpdateItem",
        6,
        ("dynamodb", "update_item", {"TableName": LEDGER, "Key": _KEY}),
    ),
    Removed(
        "cali-consumer",
        "secretsmanager:GetSecretValue",
        6,
        ("secretsmanager", "get_secret_value", {"SecretId": "cali/slack"}),
        restart="consumer",
    ),
    Removed("cali-consumer", "s3:ListBucket", 7, ("s3", "head_bucket", {"Bucket": BUCKET})),
    Removed(
        "cali-consumer",
        "s3:PutObject",
        7,
        ("s3", "put_object", {"Bucket": BUCKET, "Key": "rejected/iam", "Body": b""}),
        provoke=_malformed,
    ),
    Removed(
        "cali-consumer",
        "dynamodb:Query",
        10,
        (
            "dynamodb",
            "query",
            {
                "TableName": LEDGER,
                "IndexName": "pending-index",
                "KeyConditionExpression": "pending = :one",
                "ExpressionAttributeValues": {":one": {"S": "1"}},
            },
        ),
    ),
    Removed(
        "cali-consumer",
        "dynamodb:BatchGetItem",
        10,
        ("dynamodb", "batch_get_item", {"RequestItems": {LEDGER: {"Keys": [_KEY]}}}),
        provoke=_error,
    ),
    Removed(
        "cali-firehose", "kinesis:GetRecords", 4, ("kinesis", "get_records", {"StreamARN": _ARN, "ShardIterator": "x"})
    ),
    Removed(
        "cali-firehose", "s3:PutObject", 4, ("s3", "put_object", {"Bucket": BUCKET, "Key": "raw/iam", "Body": b""})
    ),
    Removed(
        "cali-firehose",
        "es:DescribeDomain",
        5,
        ("opensearch", "describe_domain", {"DomainName": "cali-logs"}),
        restart="firehose",
    ),
]


@pytest.mark.parametrize("removed", _REMOVED, ids=lambda removed: f"{removed.role}-{removed.action}")
def test_without_one_action_the_step_that_needs_it_says_so(pipeline: Pipeline, removed: Removed) -> None:
    with without(pipeline, removed.role, removed.action):
        if removed.restart:
            started = pipeline.command("restart", removed.restart, check=False)
            assert started.returncode == 0 or removed.action in started.stderr.decode() + started.stdout.decode()

        def failing() -> dict[str, Any] | None:
            removed.provoke(pipeline)
            steps = [step for step in pipeline.status()["steps"] if step["state"] == "failing"]
            # A later step that needs the action too may be refused a moment before the first one.
            named = steps and steps[0]["number"] == removed.step and removed.action in steps[0]["reason"]
            return steps[0] if named else None

        what = f"step {removed.step} as the first one that fails, for want of {removed.action}"
        step = eventually(failing, what, within_s=_PATIENCE_S)
        assert removed.role in step["reason"]
        assert "terraform/06-iam.tf" in step["reason"]
        # Asked last: a refusal of the test's own is on record too, and would stand for the workload's.
        service, method, arguments = removed.call
        said = refusal(pipeline, removed.role, service, method, **arguments)
        # To a HEAD no body can say more.
        assert said
        assert method.startswith("head") or (removed.action in said and removed.role in said)
    eventually(lambda: pipeline.status()["state"] == "up", "all ten steps after it was put back", within_s=_PATIENCE_S)


def test_what_was_taken_away_and_put_back_is_on_record(pipeline: Pipeline) -> None:
    found = json.loads(pipeline.command("iam", "--json").stdout)
    denied = {
        (role["role"], action["action"])
        for role in found["roles"]
        for action in role["actions"]
        if action["denied"] and action["allowed"]
    }
    assert {("cali-fluent-bit", "kinesis:PutRecords"), ("cali-firehose", "s3:PutObject")} <= denied
