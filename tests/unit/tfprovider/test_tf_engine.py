from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from sandbox.tfprovider import schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.engine import ADOPT, Engine
from sandbox.tfprovider.failures import ProviderError
from sandbox.tfprovider.resources import TABLES

ARN = "arn:aws:iam::0:role/r"


@pytest.fixture
def iam() -> Iterator[tuple[Engine, Stubber]]:
    clients = Clients({"region": "ap-northeast-2", "access_key": "test", "secret_key": "test"})
    with Stubber(clients.get("iam")) as stub:
        yield Engine(TABLES["aws_iam_role"], schema.load().resources["aws_iam_role"].block, clients), stub


def role(**more: Any) -> dict[str, Any]:
    return {"Path": "/", "RoleName": "the-role", "RoleId": "A" * 20, "Arn": ARN, "CreateDate": "2026-01-01", **more}


WANTED = {"name": "the-role", "assume_role_policy": "{}", "path": "/", "max_session_duration": 3600}


def test_state_is_kept_when_a_create_fails_midway(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_response("create_role", {"Role": role()})
    stub.add_client_error("get_role", "ServiceFailure", "out of order")

    with pytest.raises(ProviderError, match="out of order") as caught:
        engine.create(WANTED)

    assert caught.value.state is not None
    assert caught.value.state["id"] == "the-role"


def test_nothing_is_kept_when_nothing_was_made(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_client_error("create_role", "EntityAlreadyExists", "there is one")

    with pytest.raises(ProviderError, match="there is one") as caught:
        engine.create(WANTED)

    assert caught.value.state is None


def test_after_a_killed_run_what_exists_is_taken_over(
    iam: tuple[Engine, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, stub = iam
    monkeypatch.setenv(ADOPT, "1")
    stub.add_client_error("create_role", "EntityAlreadyExists", "there is one")
    for _ in range(2):  # once to see what is there, once after the update that found nothing to do
        told = role(AssumeRolePolicyDocument="%7B%7D", MaxSessionDuration=3600)
        stub.add_response("get_role", {"Role": told})
        stub.add_response("list_role_tags", {"Tags": []})

    assert engine.create(WANTED)["id"] == "the-role"


def test_what_is_taken_over_is_not_made_anew_for_what_the_service_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADOPT, "1")
    clients = Clients({"region": "r", "access_key": "test", "secret_key": "test"})
    engine = Engine(TABLES["aws_ecr_repository"], schema.load().resources["aws_ecr_repository"].block, clients)
    told = {"repositoryName": "image", "repositoryArn": "a", "encryptionConfiguration": {"encryptionType": "AES256"}}
    with Stubber(clients.get("ecr")) as stub:  # one more call would be refused
        stub.add_client_error("create_repository", "RepositoryAlreadyExistsException")
        for _ in range(2):
            stub.add_response("describe_repositories", {"repositories": [told]})
            stub.add_response("list_tags_for_resource", {"tags": []})
        made = engine.create({"name": "image", "encryption_configuration": []})

    assert made["encryption_configuration"] == [{"encryption_type": "AES256", "kms_key": None}]


def test_what_is_gone_is_read_as_nothing(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_client_error("get_role", "NoSuchEntity", "no such role")

    assert engine.read({"name": "the-role", "id": "the-role"}) is None


def test_drift_is_read(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    told = role(AssumeRolePolicyDocument="%7B%22a%22%3A1%7D", MaxSessionDuration=7200)
    stub.add_response("get_role", {"Role": told})
    stub.add_response("list_role_tags", {"Tags": [{"Key": "k", "Value": "v"}]})

    state = engine.read({**WANTED, "id": "the-role"})

    assert state is not None
    assert (state["max_session_duration"], state["tags"]) == (7200, {"k": "v"})
    assert state["assume_role_policy"] == '{"a": 1}'


def test_a_delete_of_what_is_gone_is_no_error(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_client_error("delete_role", "NoSuchEntity", "no such role")

    engine.delete({**WANTED, "id": "the-role"})


def test_what_the_service_does_not_tell_stays_as_asked() -> None:
    clients = Clients({"region": "r", "access_key": "test", "secret_key": "test"})
    with Stubber(clients.get("ec2")) as stub, Stubber(clients.get("sts")) as identity:
        engine = Engine(TABLES["aws_flow_log"], schema.load().resources["aws_flow_log"].block, clients)
        stub.add_response("describe_flow_logs", {"FlowLogs": [{"FlowLogId": "fl-1", "TrafficType": "ALL"}]})
        identity.add_response("get_caller_identity", {"Account": "000000000000", "Arn": ARN, "UserId": "u" * 20})
        stub.add_response("describe_tags", {"Tags": []})

        state = engine.read({"id": "fl-1", "iam_role_arn": "the-role", "traffic_type": "REJECT"})

    assert state is not None
    assert (state["iam_role_arn"], state["traffic_type"]) == ("the-role", "ALL")
    assert state["arn"] == "arn:aws:ec2:r:000000000000:vpc-flow-log/fl-1"


def test_an_import_takes_for_granted_what_no_service_tells(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_response("get_role", {"Role": role(AssumeRolePolicyDocument="%7B%7D", MaxSessionDuration=3600)})
    stub.add_response("list_role_tags", {"Tags": []})

    state = engine.imported("the-role")

    assert state is not None
    assert state["force_detach_policies"] is False


def test_a_key_that_waits_to_be_deleted_is_gone() -> None:
    clients = Clients({"region": "r", "access_key": "test", "secret_key": "test"})
    with Stubber(clients.get("kms")) as stub:
        engine = Engine(TABLES["aws_kms_key"], schema.load().resources["aws_kms_key"].block, clients)
        stub.add_response("describe_key", {"KeyMetadata": {"KeyId": "k", "KeyState": "PendingDeletion"}})

        assert engine.read({"id": "k", "key_id": "k"}) is None
