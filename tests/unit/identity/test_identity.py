from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient

from sandbox.identity import tokens
from sandbox.identity.agent import Agent
from sandbox.identity.app import create_app
from sandbox.instance import Home
from sandbox.services.identity import Identity, workload_aws

ROLE = "arn:aws:iam::000000000000:role/cali-consumer"


class Eks:
    """Knows one association of the consumer, and two of a name that is not unique."""

    def get_paginator(self, operation: str) -> Eks:
        assert operation == "list_pod_identity_associations"
        return self

    def paginate(self, **where: str) -> list[dict[str, Any]]:
        assert where == {"clusterName": "cali"}
        accounts = ("consumer", "twice", "twice")
        return [{"associations": [{"associationId": f"a-{n}", "serviceAccount": a}]} for n, a in enumerate(accounts)]

    def describe_pod_identity_association(self, **_where: str) -> dict[str, Any]:
        return {"association": {"roleArn": ROLE, "namespace": "cali"}}


class Sts:
    """Assumes every role until it refuses."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.refuses = False

    def assume_role(self, **request: Any) -> dict[str, Any]:
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"no {request['RoleArn']}"}}, "AssumeRole")
        self.asked.append(request)
        ends = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
        return {"Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": ends}}


@pytest.fixture
def sts() -> Sts:
    return Sts()


@pytest.fixture
def client(tmp_path: Path, sts: Sts) -> TestClient:
    return TestClient(create_app(Agent(Eks(), sts, "cali"), tmp_path))


def test_the_same_credentials_are_given_for_half_of_their_time(
    client: TestClient, sts: Sts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("sandbox.identity.agent.time.monotonic", lambda: now)
    for seconds, asked in ((0, 1), (1799, 1), (1801, 2)):
        now = 1000.0 + seconds
        assert ask(client, tmp_path, "consumer").status_code == 200
        assert len(sts.asked) == asked


def ask(client: TestClient, folder: Path, account: str) -> Any:
    token = tokens.issue(folder, account).read_text()
    return client.get("/v1/credentials", headers={"authorization": token})


def test_a_workload_gets_credentials_of_its_own_role(client: TestClient, sts: Sts, tmp_path: Path) -> None:
    answer = ask(client, tmp_path, "consumer")
    assert answer.json() == {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "s",
        "Token": "t",
        "AccountId": "000000000000",
        "Expiration": "2026-11-25T23:00:00Z",
    }
    [asked] = sts.asked
    assert asked["RoleArn"] == ROLE
    assert {"Key": "kubernetes-service-account", "Value": "consumer"} in asked["Tags"]
    assert {"Key": "kubernetes-namespace", "Value": "cali"} in asked["Tags"]


@pytest.mark.parametrize("token", ["", "no such token", "é"])
def test_a_token_issued_to_nobody_gets_nothing(client: TestClient, sts: Sts, tmp_path: Path, token: str) -> None:
    tokens.issue(tmp_path, "consumer")
    assert client.get("/v1/credentials", headers=[(b"authorization", token.encode())]).status_code == 401
    assert sts.asked == []


@pytest.mark.parametrize(("account", "problem"), [("log-generator", "no pod identity"), ("twice", "2 pod identity")])
def test_without_exactly_one_association_there_is_no_role(
    client: TestClient, tmp_path: Path, account: str, problem: str
) -> None:
    answer = ask(client, tmp_path, account)
    assert answer.status_code == 403
    assert problem in answer.json()["message"]


def test_a_refusal_is_told_until_it_is_over(client: TestClient, sts: Sts, tmp_path: Path) -> None:
    sts.refuses = True
    assert ROLE in ask(client, tmp_path, "consumer").json()["message"]
    assert client.get("/_sandbox/health").json()["status"] == "failing"
    sts.refuses = False
    assert ask(client, tmp_path, "consumer").status_code == 200
    assert client.get("/_sandbox/health").json() == {"status": "ok"}


def test_a_token_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tokens.issue(tmp_path, "consumer")
    assert tokens.issue(tmp_path, "consumer").read_text() == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert tokens.holder(tmp_path, path.read_text()) == "consumer"


def test_a_workload_holds_no_key_where_roles_are_enforced(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("unit")
    environment = workload_aws(instance, {"aws": 4566, "identity": 8094}, "consumer")
    assert "AWS_ACCESS_KEY_ID" not in environment
    assert environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:8094/v1/credentials"
    assert Path(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text()


def test_a_workload_has_any_key_where_no_emulator_enforces_roles(tmp_path: Path) -> None:
    environment = workload_aws(Home(tmp_path).instance("unit"), {"aws": 4566}, "consumer")
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in environment


def test_the_service_signs_as_the_one_that_pods_roles_trust(tmp_path: Path) -> None:
    program = Identity(Home(tmp_path).instance("unit"), {"aws": 4566, "identity": 8094}).program()
    assert program.environment["AWS_ACCESS_KEY_ID"].startswith("AKIA")
