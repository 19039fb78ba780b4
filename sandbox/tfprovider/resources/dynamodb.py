"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes

_DESCRIBE = Op("DescribeTable", only=("name",))


def _schema(hash_key: Any, range_key: Any) -> list[dict[str, str]]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else [])


def _keys(params: Params, state: Attributes) -> None:
    params["KeySchema"] = _schema(state["hash_key"], state.get("range_key"))
    provisioned = state.get("billing_mode") != "PAY_PER_REQUEST"
    if provisioned:
        params["ProvisionedThroughput"] = _throughput(state)
    for index, block in zip(
        params.get("GlobalSecondaryIndexes", ()), state.get("global_secondary_index") or (), strict=False
    ):
        index["KeySchema"] = _schema(block["hash_key"], block.get("range_key"))
        if provisioned:
            index["ProvisionedThroughput"] = _throughput(block)
    for index, block in zip(
        params.get("LocalSecondaryIndexes", ()), state.get("local_secondary_index") or (), strict=False
    ):
        index["KeySchema"] = _schema(state["hash_key"], block["range_key"])


def _throughput(block: Mapping[str, Any]) -> dict[str, int]:
    return {
        "ReadCapacityUnits": int(block.get("read_capacity") or 1),
        "WriteCapacityUnits": int(block.get("write_capacity") or 1),
    }


def _of(keys: list[Mapping[str, str]], kind: str) -> str | None:
    return next((key["AttributeName"] for key in keys if key["KeyType"] == kind), None)


def _decode(state: Attributes, answer: Mapping[str, Any]) -> None:
    table = answer["Table"]
    state["hash_key"], state["range_key"] = _of(table["KeySchema"], "HASH"), _of(table["KeySchema"], "RANGE")
    state["billing_mode"] = (table.get("BillingModeSummary") or {}).get("BillingMode") or "PROVISIONED"
    on_demand = state["billing_mode"] == "PAY_PER_REQUEST"
    units = table.get("ProvisionedThroughput") or {}
    state["read_capacity"] = 0 if on_demand else units.get("ReadCapacityUnits", 0)
    state["write_capacity"] = 0 if on_demand else units.get("WriteCapacityUnits", 0)
    for block, index in zip(
        state.get("global_secondary_index") or (), table.get("GlobalSecondaryIndexes") or (), strict=False
    ):
        block["hash_key"], block["range_key"] = _of(index["KeySchema"], "HASH"), _of(index["KeySchema"], "RANGE")
        own = index.get("ProvisionedThroughput") or {}
        block["read_capacity"] = 0 if on_demand else own.get("ReadCapacityUnits", 0)
        block["write_capacity"] = 0 if on_demand else own.get("WriteCapacityUnits", 0)
    described = table.get("SSEDescription") or {}
    enabled = described.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    state["server_side_encryption"] = (
        [{"enabled": True, "kms_key_arn": described.get("KMSMasterKeyArn")}] if enabled else []
    )
    state["stream_enabled"] = bool((table.get("StreamSpecification") or {}).get("StreamEnabled"))
    state["stream_view_type"] = (table.get("StreamSpecification") or {}).get("StreamViewType")
    state["table_class"] = (table.get("TableClassSummary") or {}).get("TableClass") or "STANDARD"


def _decode_ttl(state: Attributes, answer: Mapping[str, Any]) -> None:
    found = answer.get("TimeToLiveDescription") or {}
    on = found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    state["ttl"] = [{"enabled": on, "attribute_name": found.get("AttributeName") or ""}] if on else []


def _decode_recovery(state: Attributes, answer: Mapping[str, Any]) -> None:
    found = (answer.get("ContinuousBackupsDescription") or {}).get("PointInTimeRecoveryDescription") or {}
    on = found.get("PointInTimeRecoveryStatus") == "ENABLED"
    state["point_in_time_recovery"] = [{"enabled": on, "recovery_period_in_days": found.get("RecoveryPeriodInDays")}]


def _ttl(clients: Clients, prior: Attributes, state: Attributes) -> None:
    block: Attributes = next(iter(state.get("ttl") or prior.get("ttl") or ()), {})
    enabled = bool(state.get("ttl")) and bool(block.get("enabled"))
    if not enabled and not prior.get("ttl"):
        return
    clients.get("dynamodb").update_time_to_live(
        TableName=state["name"],
        TimeToLiveSpecification={"Enabled": enabled, "AttributeName": block["attribute_name"]},
    )


def _recovery(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    block: Attributes = next(iter(state.get("point_in_time_recovery") or ()), {})
    clients.get("dynamodb").update_continuous_backups(
        TableName=state["name"],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": bool(block.get("enabled"))},
    )


def _encryption(params: Params, state: Attributes) -> None:
    block: Attributes = next(iter(state.get("server_side_encryption") or ()), {})
    params["SSESpecification"] = {"Enabled": bool(block.get("enabled"))}


def _index_changes(clients: Clients, prior: Attributes, state: Attributes) -> None:
    """Create and delete secondary indexes, one a request as the service wants it."""
    client = clients.get("dynamodb")
    before = {block["name"]: block for block in prior.get("global_secondary_index") or ()}
    after = {block["name"]: block for block in state.get("global_secondary_index") or ()}
    definitions = [
        {"AttributeName": block["name"], "AttributeType": block["type"]} for block in state.get("attribute") or ()
    ]
    for name in [name for name in before if before[name] != after.get(name)]:
        client.update_table(TableName=state["name"], GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])
    for name in [name for name in after if after[name] != before.get(name)]:
        block = after[name]
        index: dict[str, Any] = {
            "IndexName": name,
            "KeySchema": _schema(block["hash_key"], block.get("range_key")),
            "Projection": {"ProjectionType": block["projection_type"]},
        }
        if block.get("non_key_attributes"):
            index["Projection"]["NonKeyAttributes"] = block["non_key_attributes"]
        if state.get("billing_mode") != "PAY_PER_REQUEST":
            index["ProvisionedThroughput"] = _throughput(block)
        client.update_table(
            TableName=state["name"],
            AttributeDefinitions=definitions,
            GlobalSecondaryIndexUpdates=[{"Create": index}],
        )


TABLES = (
    Resource(
        type_name="aws_dynamodb_table",
        service="dynamodb",
        create=Op("CreateTable", before=_keys),
        reads=(
            Read(_DESCRIBE, result="Table", names={"server_side_encryption": "", "replica": ""}, after=_decode),
            Read(Op("DescribeTimeToLive", only=("name",)), only=("ttl",), after=_decode_ttl),
            Read(
                Op("DescribeContinuousBackups", only=("name",)),
                only=("point_in_time_recovery",),
                after=_decode_recovery,
            ),
        ),
        delete=Op("DeleteTable", only=("name",)),
        identity="{name}",
        names={
            "name": "TableName",
            "arn": "TableArn",
            "attribute": "AttributeDefinitions",
            "attribute.name": "AttributeName",
            "attribute.type": "AttributeType",
            "global_secondary_index": "GlobalSecondaryIndexes",
            "local_secondary_index": "LocalSecondaryIndexes",
            "*.name": "IndexName",
            "*.projection_type": "Projection.ProjectionType",
            "*.non_key_attributes": "Projection.NonKeyAttributes",
            "server_side_encryption": "SSESpecification",
            "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
            "stream_arn": "LatestStreamArn",
            "stream_label": "LatestStreamLabel",
            "stream_enabled": "StreamSpecification.StreamEnabled",
            "stream_view_type": "StreamSpecification.StreamViewType",
            "on_demand_throughput": "",
            "warm_throughput": "",
            # What a service gives every index unless it is asked for more; nobody asks here.
            "*.on_demand_throughput": "",
            "*.warm_throughput": "",
            "replica": "",
            "restore_source_name": "",
            "restore_source_table_arn": "",
            "restore_date_time": "",
            "global_table_witness": "",
        },
        changes=(
            Change(("ttl",), _ttl),
            Change(("point_in_time_recovery",), _recovery),
            Change(("global_secondary_index", "attribute"), _index_changes),
            Change(("server_side_encryption",), Op("UpdateTable", only=("name",), before=_encryption)),
            Change(
                ("deletion_protection_enabled", "billing_mode", "table_class"),
                Op("UpdateTable", only=("name", "deletion_protection_enabled", "billing_mode", "table_class")),
            ),
        ),
        force_new=("name", "hash_key", "range_key", "local_secondary_index"),
        defaults={
            "billing_mode": "PROVISIONED",
            "table_class": "STANDARD",
            "deletion_protection_enabled": False,
            "stream_enabled": False,
        },
        missing=("ResourceNotFoundException",),
        ready=Wait(_DESCRIBE, "Table.TableStatus", ("ACTIVE",)),
        gone=Wait(_DESCRIBE, "Table.TableStatus", ()),
        tags=Tags(
            tag=Op("TagResource", names={"arn": "ResourceArn"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "ResourceArn"}, only=("arn",)),
            listing=Op("ListTagsOfResource", names={"arn": "ResourceArn"}, only=("arn",)),
        ),
        importing=lambda name: {"name": name},
    ),
)
