"""Topics and who may publish to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import NOTHING, Change, Op, Params, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_GONE = ("NotFound", "NotFoundException")
_READ = Op("GetTopicAttributes", names={"arn": "TopicArn"}, only=("arn",))
_PLAIN = {
    "display_name": "DisplayName",
    "policy": "Policy",
    "delivery_policy": "DeliveryPolicy",
    "archive_policy": "ArchivePolicy",
    "kms_master_key_id": "KmsMasterKeyId",
    "signature_version": "SignatureVersion",
    "tracing_config": "TracingConfig",
    "fifo_throughput_scope": "FifoThroughputScope",
}
_FLAGS = {"fifo_topic": "FifoTopic", "content_based_deduplication": "ContentBasedDeduplication"}
_NUMBERS = ("signature_version",)


def _attributes(params: Params, state: Attributes) -> None:
    """The API takes most of a topic as a map of texts."""
    values = {member: str(state[name]) for name, member in _PLAIN.items() if state.get(name) not in (None, "")}
    values |= {member: "true" for name, member in _FLAGS.items() if state.get(name)}
    if values:
        params["Attributes"] = values


def _topic(state: Attributes, answer: Mapping[str, Any]) -> None:
    told = answer["Attributes"]
    for name, member in _PLAIN.items():
        value = told.get(member)
        state[name] = int(value) if value and name in _NUMBERS else value
    for name, member in _FLAGS.items():
        state[name] = told.get(member) == "true"
    state["owner"] = told.get("Owner")
    state["name"] = str(told["TopicArn"]).rpartition(":")[2]


def _change(clients: Clients, prior: Attributes, state: Attributes) -> None:
    if not prior:
        return  # all of it went with the create request
    for name, member in {**_PLAIN, **_FLAGS}.items():
        if state.get(name) != prior.get(name):
            value = state.get(name)
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            clients.get("sns").set_topic_attributes(TopicArn=state["arn"], AttributeName=member, AttributeValue=text)


def _put(params: Params, state: Attributes) -> None:
    params |= {"AttributeName": "Policy", "AttributeValue": state["policy"]}


def _reset(params: Params, state: Attributes) -> None:
    """A topic always has a policy: what is left is the one that a new topic gets."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            f"SNS:{name}"
            for name in (
                "AddPermission",
                "DeleteTopic",
                "GetTopicAttributes",
                "ListSubscriptionsByTopic",
                "Publish",
                "RemovePermission",
                "SetTopicAttributes",
                "Subscribe",
            )
        ],
        "Resource": state["arn"],
        "Condition": {"StringEquals": {"AWS:SourceOwner": state.get("owner") or state["arn"].split(":")[4]}},
    }
    document = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    params |= {"AttributeName": "Policy", "AttributeValue": json.dumps(document)}


def _policy(state: Attributes, answer: Mapping[str, Any]) -> None:
    state["policy"], state["owner"] = answer["Attributes"].get("Policy"), answer["Attributes"].get("Owner")


_PUT = Op("SetTopicAttributes", names={"arn": "TopicArn"}, only=("arn",), before=_put)

TABLES = (
    Resource(
        type_name="aws_sns_topic",
        service="sns",
        create=Op("CreateTopic", only=("name",), before=_attributes),
        created={"arn": "TopicArn"},
        reads=(Read(_READ, only=NOTHING, after=_topic),),
        delete=Op("DeleteTopic", names={"arn": "TopicArn"}, only=("arn",)),
        identity="{arn}",
        changes=(Change((*_PLAIN, *_FLAGS), _change),),
        force_new=("name", "fifo_topic"),
        defaults={"fifo_topic": False, "content_based_deduplication": False},
        json_attributes=("policy", "delivery_policy", "archive_policy"),
        missing=_GONE,
        tags=Tags(
            tag=Op("TagResource", names={"arn": "ResourceArn"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "ResourceArn"}, only=("arn",)),
            listing=Op("ListTagsForResource", names={"arn": "ResourceArn"}, only=("arn",)),
        ),
    ),
    Resource(
        type_name="aws_sns_topic_policy",
        service="sns",
        create=_PUT,
        reads=(Read(_READ, only=NOTHING, after=_policy),),
        delete=Op("SetTopicAttributes", names={"arn": "TopicArn"}, only=("arn",), before=_reset),
        identity="{arn}",
        changes=(Change(("policy",), _PUT),),
        force_new=("arn",),
        json_attributes=("policy",),
        missing=_GONE,
    ),
)
