from __future__ import annotations

from typing import Any

from sandbox.tfprovider import schema
from sandbox.tfprovider.plan import plan, replaced
from sandbox.tfprovider.resources import TABLES
from sandbox.tfprovider.values import UNKNOWN


def planned(type_name: str, prior: dict[str, Any] | None, config: dict[str, Any], **tags: str) -> dict[str, Any]:
    block = schema.load().resources[type_name].block
    return plan(TABLES[type_name], block, prior, config, tags)


def stream(**changes: Any) -> dict[str, Any]:
    made = {
        "name": "s",
        "arn": "arn:aws:kinesis:r:0:stream/s",
        "id": "arn:aws:kinesis:r:0:stream/s",
        "region": "r",
        "shard_count": 1,
        "retention_period": 24,
        "encryption_type": "NONE",
        "enforce_consumer_deletion": False,
        "tags_all": {},
    }
    return schema.load().resources["aws_kinesis_stream"].block.complete(made | changes)


def test_a_create_shows_defaults_and_what_is_known_later() -> None:
    result = planned("aws_kinesis_stream", None, {"name": "s", "shard_count": 1})

    assert result["retention_period"] == 24
    assert result["arn"] is UNKNOWN
    assert result["id"] is UNKNOWN
    assert result["kms_key_id"] is None


def test_default_tags_go_below_own_ones() -> None:
    result = planned("aws_kinesis_stream", None, {"name": "s", "tags": {"a": "own"}}, a="default", b="default")

    assert result["tags_all"] == {"a": "own", "b": "default"}


def test_nothing_changes_when_nothing_is_changed() -> None:
    assert planned("aws_kinesis_stream", stream(), stream()) == stream()


def test_a_change_keeps_what_the_service_gave() -> None:
    result = planned("aws_kinesis_stream", stream(), stream(retention_period=48))

    assert result["retention_period"] == 48
    assert result["arn"] == stream()["arn"]


def test_a_new_name_needs_a_new_resource() -> None:
    assert replaced(TABLES["aws_kinesis_stream"], stream(), stream(name="t")) == ["name"]
    assert replaced(TABLES["aws_kinesis_stream"], stream(), stream(shard_count=2)) == []


def test_a_policy_in_other_words_is_no_change() -> None:
    block = schema.load().resources["aws_iam_role_policy"].block
    before = block.complete({"id": "r:p", "name": "p", "role": "r", "policy": '{"Action": ["a"]}'})

    assert planned("aws_iam_role_policy", before, before | {"policy": '{"Action":"a"}'}) == before


def test_the_order_of_a_set_is_no_change() -> None:
    block = schema.load().resources["aws_dynamodb_table"].block
    attributes = [{"name": "a", "type": "S"}, {"name": "b", "type": "S"}]
    made: dict[str, Any] = {
        "name": "t",
        "id": "t",
        "arn": "x",
        "billing_mode": "PAY_PER_REQUEST",
        "table_class": "STANDARD",
    }
    made |= {"deletion_protection_enabled": False, "stream_enabled": False, "tags_all": {}, "attribute": attributes}
    before = block.complete(made)

    assert planned("aws_dynamodb_table", before, before | {"attribute": attributes[::-1]}) == before


def test_a_block_the_service_fills_in_is_no_change_until_it_is_configured() -> None:
    name = "aws_kinesis_firehose_delivery_stream"
    block = schema.load().resources[name].block
    told = [{"default_document_id_format": "FIREHOSE_DEFAULT"}]
    before = block.complete({"name": "f", "opensearch_configuration": [{"document_id_options": told}]})
    before = planned(name, None, before) | {"tags_all": {}, "arn": "a", "id": "a", "version_id": "1"}
    silent = before | {
        "opensearch_configuration": [before["opensearch_configuration"][0] | {"document_id_options": []}]
    }
    configured = [{"default_document_id_format": "NO_DOCUMENT_ID"}]
    other = before | {
        "opensearch_configuration": [before["opensearch_configuration"][0] | {"document_id_options": configured}]
    }

    assert planned(name, before, silent) == before
    assert planned(name, before, other)["version_id"] is UNKNOWN


def test_a_block_that_the_service_may_fill_in_can_be_asked_for_later() -> None:
    name, asked = "aws_ecr_repository", {"image_scanning_configuration": [{"scan_on_push": True}]}
    made = {"id": "n", "arn": "a", "name": "n", "region": "r", "tags_all": {}, "image_tag_mutability": "MUTABLE"}
    before = schema.load().resources[name].block.complete({**made, "registry_id": "0", "repository_url": "u"})

    assert planned(name, before, before | asked)["image_scanning_configuration"] == [{"scan_on_push": True}]
    assert planned(name, before | asked, before) == before | asked


def test_a_change_of_tags_alone_makes_no_new_version() -> None:
    name = "aws_launch_template"
    block = schema.load().resources[name].block
    made = {"id": "lt-1", "arn": "a", "name": "t", "latest_version": 1, "default_version": 1, "tags_all": {}}
    before = block.complete({**made, "region": "r"})

    tagged = planned(name, before, before | {"tags": {"a": "b"}})
    changed = planned(name, before, before | {"image_id": "ami-1"})

    assert tagged["latest_version"] == 1
    assert changed["latest_version"] is UNKNOWN


def test_the_order_within_a_rule_of_a_security_group_is_no_change() -> None:
    name = "aws_security_group"
    block = schema.load().resources[name].block
    rule = {"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": ["a", "b"], "self": False}
    made: dict[str, Any] = {"id": "sg-1", "arn": "a", "name": "g", "description": "d", "vpc_id": "v", "owner_id": "0"}
    made |= {"region": "r", "egress": [], "ingress": [rule], "tags_all": {}, "revoke_rules_on_delete": False}
    before = block.complete({**made, "name_prefix": ""})

    assert planned(name, before, before | {"ingress": [rule | {"cidr_blocks": ["b", "a"]}]}) == before
