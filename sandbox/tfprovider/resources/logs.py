"""CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import NOTHING, Change, GoneError, Op, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_GONE = ("ResourceNotFoundException",)


def _group(state: Attributes, answer: Mapping[str, Any]) -> None:
    """Of the groups whose names begin alike, the one itself."""
    found = next((item for item in answer["logGroups"] if item["logGroupName"] == state["name"]), None)
    if found is None:
        raise GoneError
    state["arn"] = str(found["arn"]).removesuffix(":*")
    state["retention_in_days"] = found.get("retentionInDays", 0)
    state["kms_key_id"] = found.get("kmsKeyId")
    state["log_group_class"] = found.get("logGroupClass", "STANDARD")


def _stream(state: Attributes, answer: Mapping[str, Any]) -> None:
    found = next((item for item in answer["logStreams"] if item["logStreamName"] == state["name"]), None)
    if found is None:
        raise GoneError
    state["arn"] = found.get("arn")


def _policy(state: Attributes, answer: Mapping[str, Any]) -> None:
    every = answer["resourcePolicies"]
    found = next((item for item in every if item["policyName"] == state["policy_name"]), None)
    if found is None:
        raise GoneError
    state["policy_document"] = found["policyDocument"]


def _retention(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    client, name = clients.get("logs"), state["name"]
    if state.get("retention_in_days"):
        client.put_retention_policy(logGroupName=name, retentionInDays=int(state["retention_in_days"]))
    else:
        client.delete_retention_policy(logGroupName=name)


_PUT_POLICY = Op("PutResourcePolicy", only=("policy_name", "policy_document"))

TABLES = (
    Resource(
        type_name="aws_cloudwatch_log_group",
        service="logs",
        create=Op("CreateLogGroup"),
        reads=(
            Read(
                Op("DescribeLogGroups", names={"name": "logGroupNamePrefix"}, only=("name",)),
                only=("id",),
                after=_group,
            ),
        ),
        delete=Op("DeleteLogGroup", only=("name",)),
        identity="{name}",
        names={"name": "logGroupName", "retention_in_days": "retentionInDays"},
        changes=(Change(("retention_in_days",), _retention),),
        force_new=("name", "name_prefix", "log_group_class"),
        defaults={"retention_in_days": 0, "skip_destroy": False},
        missing=_GONE,
        tags=Tags(
            tag=Op("TagResource", names={"arn": "resourceArn"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "resourceArn"}, only=("arn",)),
            listing=Op("ListTagsForResource", names={"arn": "resourceArn"}, only=("arn",)),
            path="tags",
            form="map",
            removal="tagKeys",
        ),
        importing=lambda name: {"name": name},
    ),
    Resource(
        type_name="aws_cloudwatch_log_stream",
        service="logs",
        create=Op("CreateLogStream"),
        reads=(Read(Op("DescribeLogStreams", names={"name": "logStreamNamePrefix"}), only=("id",), after=_stream),),
        delete=Op("DeleteLogStream"),
        identity="{name}",
        names={"name": "logStreamName"},
        force_new=("name", "log_group_name"),
        missing=_GONE,
        importing=lambda text: dict(zip(("log_group_name", "name"), text.split(":", 1), strict=True)),
    ),
    Resource(
        type_name="aws_cloudwatch_log_resource_policy",
        service="logs",
        create=_PUT_POLICY,
        reads=(Read(Op("DescribeResourcePolicies", only=NOTHING), only=NOTHING, after=_policy),),
        delete=Op("DeleteResourcePolicy", only=("policy_name",)),
        identity="{policy_name}",
        changes=(Change(("policy_document",), _PUT_POLICY),),
        force_new=("policy_name",),
        json_attributes=("policy_document",),
        missing=_GONE,
    ),
)
