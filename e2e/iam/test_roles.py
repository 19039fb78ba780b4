"""Each workload acts under its own role and nothing else, and `sandbox iam` says what the roles are used for."""

from __future__ import annotations

import json
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from e2e.iam.roles import ACCOUNT, client, pod_credentials, pod_token, refusal, service_session, session
from e2e.pipeline import BUCKET, LEASES, STREAM, Pipeline
from e2e.waiting import eventually

WORKLOADS = {"cali-consumer", "cali-firehose", "cali-fluent-bit", "cali-log-generator"}


def _iam(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    found = json.loads(pipeline.command("iam", "--json").stdout)
    assert found["enforced"]
    return {role["role"]: {a["action"]: a for a in role["actions"]} for role in found["roles"] if role["part"]}


def test_every_workload_uses_its_role_and_is_refused_nothing(pipeline: Pipeline) -> None:
    found = _iam(pipeline)
    assert found.keys() == WORKLOADS
    states = {(role, name): action["state"] for role, actions in found.items() for name, action in actions.items()}
    assert "refused" not in states.values()
    assert states["cali-consumer", "kinesis:GetRecords"] == "used"
    assert states["cali-fluent-bit", "kinesis:PutRecords"] == "used"
    assert states["cali-firehose", "s3:PutObject"] == "used"
    assert states["cali-firehose", "es:ESHttpPost"] == "not enforced"
    assert found["cali-log-generator"] == {}


def test_what_is_granted_and_never_called_is_named(pipeline: Pipeline) -> None:
    unused = {name for name, action in _iam(pipeline)["cali-firehose"].items() if action["state"] == "unused"}
    assert {"s3:AbortMultipartUpload", "es:DescribeDomains"} <= unused
    assert not any(
        action["allowed"] for action in _iam(pipeline)["cali-firehose"].values() if action["action"] in unused
    )


@pytest.mark.parametrize(
    ("role", "service", "call", "arguments"),
    [
        ("cali-consumer", "kinesis", "put_record", {"StreamName": STREAM, "Data": b"{}", "PartitionKey": "x"}),
        ("cali-consumer", "s3", "put_object", {"Bucket": BUCKET, "Key": "raw/x", "Body": b""}),
        ("cali-consumer", "iam", "list_roles", {}),
        ("cali-fluent-bit", "kinesis", "list_shards", {"StreamName": STREAM}),
        ("cali-fluent-bit", "secretsmanager", "get_secret_value", {"SecretId": "cali/slack"}),
        ("cali-firehose", "dynamodb", "scan", {"TableName": LEASES}),
        ("cali-log-generator", "kinesis", "list_streams", {}),
    ],
)
def test_a_workload_may_not_do_what_is_anothers(
    pipeline: Pipeline, role: str, service: str, call: str, arguments: dict[str, Any]
) -> None:
    assert role in refusal(pipeline, role, service, call, **arguments)


def test_a_role_is_given_to_its_own_service_account_alone(pipeline: Pipeline) -> None:
    for account in ("consumer", "fluent-bit", "log-generator"):
        caller = client(pipeline, session(pipeline, f"cali-{account}"), "sts").get_caller_identity()["Arn"]
        assert caller.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/cali-{account}/")
    assert pod_credentials(pipeline, "a token of nobody").status_code == 401
    assert len({pod_token(pipeline, account) for account in ("consumer", "fluent-bit", "log-generator")}) == 3


@pytest.mark.parametrize(
    ("principal", "own", "foreign"),
    [
        ("pods.eks.amazonaws.com", "cali-consumer", "cali-firehose"),
        ("firehose.amazonaws.com", "cali-firehose", "cali-consumer"),
    ],
)
def test_a_service_assumes_the_roles_that_trust_it_and_does_nothing_else(
    pipeline: Pipeline, principal: str, own: str, foreign: str
) -> None:
    service = service_session(pipeline, principal)
    sts = client(pipeline, service, "sts")
    assert sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{own}", RoleSessionName="e2e")["Credentials"]
    for role in (foreign, "cali-opensearch-admin"):
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="e2e")
    with pytest.raises(ClientError, match="AccessDenied"):
        client(pipeline, service, "kinesis").list_streams()


def test_no_workload_holds_a_key(pipeline: Pipeline) -> None:
    names = ("consumer", "shipper", "log-generator", "firehose")
    pids = {service["pid"]: service["name"] for service in pipeline.status()["services"] if service["name"] in names}
    environments = {pids[p.pid]: p.environ() for p in pipeline.processes() if p.pid in pids}
    assert environments.keys() == set(names)
    for name, environment in environments.items():
        assert environment.get("AWS_ACCESS_KEY_ID") != "test", name
        assert name == "firehose" or "AWS_ACCESS_KEY_ID" not in environment


def test_roles_assumed_before_hold_when_the_emulator_is_started_anew(pipeline: Pipeline) -> None:
    def pids() -> dict[str, int]:
        return {service["name"]: service["pid"] for service in pipeline.status()["services"]}

    before, credentials = pids(), session(pipeline, "cali-consumer")
    pipeline.command("restart", "aws")
    assert client(pipeline, credentials, "kinesis").list_shards(StreamName=STREAM)["Shards"]
    eventually(lambda: pipeline.status()["state"] == "up", "all ten steps", within_s=60)
    after = pids()
    assert after["aws"] != before["aws"]
    assert after["consumer"] == before["consumer"]


def test_secrets_are_readable_by_their_owner_alone(pipeline: Pipeline) -> None:
    state = pipeline.folder / "state"
    files = [
        state / "aws" / "principals.json",
        state / "aws" / "sessions.json",
        *(state / "identity" / "tokens").iterdir(),
    ]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert psutil.Process().uids().real == files[0].stat().st_uid
