"""The derived schemas against facts of the published provider 5.31, the oldest one the definitions must run on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.tfprovider import schema, wire

FACTS = json.loads((Path(__file__).parent / "facts-5.31.json").read_text())
DERIVED = json.loads((Path(schema.__file__).parent / "schemas.json").read_text())

#: Attributes that provider 6 removed: the definitions must not use them.
REMOVED = {
    "aws_eip": {"vpc"},
    "aws_eks_addon": {"resolve_conflicts"},
    "aws_opensearch_domain": {"kibana_endpoint"},
}
#: Types that provider 6 rebuilt on another framework, with other flags inside their blocks.
REBUILT = {"aws_s3_bucket_lifecycle_configuration"}
#: Single differences between 5.31 and 6.25, each looked at.
CHANGED = {
    "aws_dynamodb_table": {
        "global_secondary_index.read_capacity",
        "global_secondary_index.write_capacity",
        "ttl.attribute_name",
    },
    "aws_eks_node_group": {"taint"},
    "aws_iam_openid_connect_provider": {"thumbprint_list"},
    "aws_kinesis_firehose_delivery_stream": {
        "redshift_configuration.password",
        "redshift_configuration.username",
        "splunk_configuration.hec_token",
        *(
            f"{name}_configuration.processing_configuration.processors.parameters"
            for name in (
                "elasticsearch",
                "extended_s3",
                "http_endpoint",
                "opensearch",
                "opensearchserverless",
                "redshift",
                "splunk",
            )
        ),
    },
    "aws_nat_gateway": {"secondary_allocation_ids", "subnet_id"},
    "aws_s3_bucket": {"region"},
    "aws_security_group": {"egress", "ingress"},
    "aws_vpc_endpoint": {"private_dns_enabled", "service_name"},
}


def walk(block: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, entry in block.get("attributes", {}).items():
        flags = "".join(key[0] for key in ("required", "optional", "computed", "sensitive") if entry.get(key))
        yield prefix + name, f"{flags} {json.dumps(entry['type'], separators=(',', ':'))}"
    for name, entry in block.get("block_types", {}).items():
        yield prefix + name, f"{entry['nesting_mode']} {entry.get('min_items', 0)} {entry.get('max_items', 0)}"
        yield from walk(entry["block"], f"{prefix}{name}.")


@pytest.mark.parametrize("kind", ["resources", "data_sources"])
def test_every_type_agrees_with_the_published_provider(kind: str) -> None:
    problems = []
    for type_name, facts in FACTS[kind].items():
        derived = dict(walk(DERIVED[kind][type_name]["block"]))
        if DERIVED[kind][type_name]["version"] != facts["version"]:
            problems.append(f"{type_name}: version")
        for path, fact in facts["paths"].items():
            allowed = path in REMOVED.get(type_name, ()) or path in CHANGED.get(type_name, ()) or type_name in REBUILT
            if derived.get(path) != fact and not allowed:
                problems.append(f"{type_name}.{path}: {fact} became {derived.get(path)}")

    assert problems == []


def test_what_the_bindings_lose_is_marked_sensitive() -> None:
    block = schema.load().resources["aws_opensearch_domain"].block
    options = block.blocks["advanced_security_options"].block.blocks["master_user_options"].block

    assert options.attributes["master_user_password"].sensitive


def test_schemas_become_messages() -> None:
    message = schema.load().resources["aws_kinesis_stream"].to_wire()
    again = wire.message("Schema").FromString(message.SerializeToString())

    name = next(attribute for attribute in again.block.attributes if attribute.name == "name")
    assert (again.version, name.required, name.type) == (1, True, b'"string"')


def test_a_value_is_completed() -> None:
    block = schema.load().resources["aws_kinesis_stream"].block

    value = block.complete({"name": "a", "not_in_the_schema": 1})

    assert value["name"] == "a"
    assert value["stream_mode_details"] == []
    assert value["timeouts"] is None
    assert "not_in_the_schema" not in value
