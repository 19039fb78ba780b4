"""What an import tells, and what the first plan and apply after it make of that."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from sandbox.tfprovider import schema, wire
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.engine import Engine
from sandbox.tfprovider.failures import ProviderError
from sandbox.tfprovider.plan import assumed, plan
from sandbox.tfprovider.provider import Provider
from sandbox.tfprovider.resources import TABLES
from sandbox.tfprovider.values import UNKNOWN, Attributes, pack, unpack

GATEWAY = "aws_nat_gateway"


def complete(type_name: str, **attributes: Any) -> Attributes:
    return schema.load().resources[type_name].block.complete(attributes)


def value(attributes: Attributes) -> Any:
    return wire.message("DynamicValue")(msgpack=pack(attributes))


@pytest.fixture
def provider() -> Provider:
    provider = Provider()
    provider.clients = Clients({"region": "r", "access_key": "test", "secret_key": "test"})
    return provider


def test_an_import_id_is_taken_apart(provider: Provider) -> None:
    engine = Engine(
        TABLES["aws_iam_role_policy"], schema.load().resources["aws_iam_role_policy"].block, provider.clients
    )

    assert engine._parse("the-role:the-policy") == {"role": "the-role", "name": "the-policy"}
    with pytest.raises(ProviderError, match="must look like"):
        engine._parse("nothing")


def test_it_brings_what_the_service_names_even_if_it_is_off(provider: Provider) -> None:
    name = "aws_ecr_repository"
    engine = Engine(TABLES[name], schema.load().resources[name].block, provider.clients)
    told = {"repositoryName": "image", "repositoryArn": "a", "imageScanningConfiguration": {"scanOnPush": False}}
    with Stubber(provider.clients.get("ecr")) as stub:
        stub.add_response("describe_repositories", {"repositories": [told]})
        stub.add_response("list_tags_for_resource", {"tags": []})
        state = engine.imported("image")

    assert state is not None
    assert state["image_scanning_configuration"] == [{"scan_on_push": False}]
    assert state["encryption_configuration"] == []


def test_what_no_service_tells_makes_nothing_anew_after_it(provider: Provider) -> None:
    with Stubber(provider.clients.get("ec2")) as stub:
        found = {"NatGatewayId": "nat-1", "SubnetId": "subnet-1", "ConnectivityType": "public"}
        stub.add_response("describe_nat_gateways", {"NatGateways": [found]})
        stub.add_response("describe_tags", {"Tags": []})
        request = wire.message("ImportResourceState.Request")(type_name=GATEWAY, id="nat-1")
        [answer] = provider.ImportResourceState(request).imported_resources
    prior = unpack(answer.state.msgpack)
    asked = prior | {"allocation_id": "eipalloc-1"}

    def planned(private: bytes) -> Any:
        return provider.PlanResourceChange(
            wire.message("PlanResourceChange.Request")(
                type_name=GATEWAY, prior_state=value(prior), proposed_new_state=value(asked), prior_private=private
            )
        )

    assert prior["allocation_id"] is None
    assert len(planned(b"").requires_replace) == 1
    assert not planned(answer.private).requires_replace
    assert planned(answer.private).planned_private == answer.private

    with Stubber(provider.clients.get("ec2")) as stub:  # one more call would be refused
        stub.add_response("describe_nat_gateways", {"NatGateways": [found]})
        stub.add_response("describe_tags", {"Tags": []})
        applied = provider.ApplyResourceChange(
            wire.message("ApplyResourceChange.Request")(
                type_name=GATEWAY, prior_state=value(prior), planned_state=value(asked), planned_private=answer.private
            )
        )

    assert not applied.diagnostics
    assert applied.private == b""
    assert unpack(applied.new_state.msgpack)["allocation_id"] == "eipalloc-1"


def test_only_what_is_not_told_is_taken_to_be_as_it_is_asked_for() -> None:
    prior = complete(GATEWAY, allocation_id="eipalloc-1", subnet_id="subnet-1")
    asked = complete(GATEWAY, allocation_id="eipalloc-2", subnet_id="subnet-2")

    assert assumed(TABLES[GATEWAY], prior, asked) == prior
    assert assumed(TABLES[GATEWAY], prior | {"allocation_id": None}, asked) == prior | {"allocation_id": "eipalloc-2"}


def test_a_setting_of_terraforms_own_gives_no_new_version() -> None:
    name = "aws_launch_template"
    made = {"id": "lt-1", "arn": "a", "name": "t", "latest_version": 1, "default_version": 1, "tags_all": {}}
    before = complete(name, **made, region="r")
    block = schema.load().resources[name].block

    result = plan(TABLES[name], block, before, before | {"update_default_version": True}, {})

    assert result["update_default_version"] is True
    assert result["latest_version"] == 1


def test_how_long_to_wait_is_no_change_by_itself() -> None:
    name = "aws_opensearch_domain"
    block = schema.load().resources[name].block
    before = plan(TABLES[name], block, None, complete(name, domain_name="d"), {})
    before = {name: None if item is UNKNOWN else item for name, item in before.items()}

    assert plan(TABLES[name], block, before, before | {"timeouts": {"create": "1s"}}, {})["timeouts"] is None
