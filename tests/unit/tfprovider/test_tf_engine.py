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
        for _ in range(2):
            told = role(AssumeRolePolicyDocument="%7B%7D", MaxSessionDuration=3600)
            stub.add_response("get_role", {"Role": told})
        stub.add_response("list_role_tags", {"Tags": []})

    assert engine.create(WANTED)["id"] == "the-role"


def test_what_is_gone_is_read_as_nothing(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    stub.add_client_error("get_role", "NoSuchEntity", "no such role")

    assert engine.read({"name": "the-role", "id": "the-role"}) is None


def test_drift_is_read(iam: tuple[Engine, Stubber]) -> None:
    engine, stub = iam
    for _ in range(2):
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


def test_an_import_id_is_taken_apart() -> None:
    clients = Clients({"region": "r", "access_key": "test", "secret_key": "test"})
    engine = Engine(TABLES["aws_iam_role_policy"], schema.load().resources["aws_iam_role_policy"].block, clients)

    assert engine._parse("the-role:the-policy") == {"role": "the-role", "name": "the-policy"}
    with pytest.raises(ProviderError, match="must look like"):
        engine._parse("nothing")
