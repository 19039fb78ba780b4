"""Data sources: those that need no AWS are computed here, as the published provider does it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.values import Attributes


def read(type_name: str, config: Attributes, clients: Clients) -> Attributes:
    """The attributes of a data source."""
    return {**config, **_READERS[type_name](config, clients)}


def _caller_identity(_config: Attributes, clients: Clients) -> Attributes:
    answer = clients.get("sts").get_caller_identity()
    return {
        "id": answer["Account"],
        "account_id": answer["Account"],
        "arn": answer["Arn"],
        "user_id": answer["UserId"],
    }


def _region(config: Attributes, clients: Clients) -> Attributes:
    name = config.get("region") or config.get("name") or clients.region
    return {"id": name, "name": name, "region": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def _partition(_config: Attributes, clients: Clients) -> Attributes:
    suffix = "amazonaws.com.cn" if clients.partition == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    return {
        "id": clients.partition,
        "partition": clients.partition,
        "dns_suffix": suffix,
        "reverse_dns_prefix": reverse,
    }


def _availability_zones(_config: Attributes, clients: Clients) -> Attributes:
    zones = clients.get("ec2").describe_availability_zones()["AvailabilityZones"]
    return {
        "id": clients.region,
        "names": sorted(zone["ZoneName"] for zone in zones),
        "zone_ids": sorted(zone["ZoneId"] for zone in zones),
        "group_names": sorted({zone.get("GroupName", clients.region) for zone in zones}),
    }


def _policy_document(config: Attributes, _clients: Clients) -> Attributes:
    merged: list[dict[str, Any]] = []
    for text in config.get("source_policy_documents") or ():
        merged += _statements(text)
    merged += [_statement(block) for block in config.get("statement") or ()]
    for text in config.get("override_policy_documents") or ():
        for statement in _statements(text):
            sid = statement.get("Sid")
            merged = [kept for kept in merged if not sid or kept.get("Sid") != sid] + [statement]
    document: dict[str, Any] = {"Version": config.get("version") or "2012-10-17"}
    if config.get("policy_id"):
        document["Id"] = config["policy_id"]
    document["Statement"] = merged
    minified = json.dumps(document, separators=(",", ":"))
    return {"id": str(zlib.crc32(minified.encode())), "json": json.dumps(document, indent=2), "minified_json": minified}


def _statements(text: str) -> list[dict[str, Any]]:
    found = json.loads(text or "{}").get("Statement", [])
    return found if isinstance(found, list) else [found]


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    statement["Effect"] = block.get("effect") or "Allow"
    for name, key in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if block.get(name):
            statement[key] = _one_or_more(block[name])
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(name):
            statement[key] = _principals(block[name])
    conditions: dict[str, dict[str, Any]] = {}
    for condition in block.get("condition") or ():
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_more(condition["values"])
    if conditions:
        statement["Condition"] = conditions
    return statement


def _principals(blocks: list[Mapping[str, Any]]) -> Any:
    if any(block["type"] == "*" for block in blocks):
        return "*"
    found: dict[str, list[str]] = {}
    for block in blocks:
        found.setdefault(block["type"], []).extend(block["identifiers"])
    return {kind: _one_or_more(identifiers) for kind, identifiers in found.items()}


def _one_or_more(values: list[str]) -> Any:
    unique = sorted(set(values))
    return unique[0] if len(unique) == 1 else unique


_READERS: dict[str, Callable[[Attributes, Clients], Attributes]] = {
    "aws_availability_zones": _availability_zones,
    "aws_caller_identity": _caller_identity,
    "aws_iam_policy_document": _policy_document,
    "aws_partition": _partition,
    "aws_region": _region,
}
