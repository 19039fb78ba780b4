"""Kinesis Data Streams."""

from __future__ import annotations

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import Change, Op, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes

_DESCRIBE = Op("DescribeStreamSummary", only=("name",))


def _retention(clients: Clients, prior: Attributes, state: Attributes) -> None:
    hours = int(state["retention_period"])
    client = clients.get("kinesis")
    # A new stream keeps 24 hours, whatever was asked of CreateStream.
    before = int(prior.get("retention_period") or 24)
    if hours > before:
        client.increase_stream_retention_period(StreamName=state["name"], RetentionPeriodHours=hours)
    elif hours < before:
        client.decrease_stream_retention_period(StreamName=state["name"], RetentionPeriodHours=hours)


def _encryption(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client = clients.get("kinesis")
    if state.get("encryption_type") == "KMS":
        client.start_stream_encryption(StreamName=state["name"], EncryptionType="KMS", KeyId=state["kms_key_id"])
    elif prior.get("encryption_type") == "KMS":
        client.stop_stream_encryption(StreamName=state["name"], EncryptionType="KMS", KeyId=prior["kms_key_id"])


def _shards(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    clients.get("kinesis").update_shard_count(
        StreamName=state["name"], TargetShardCount=int(state["shard_count"]), ScalingType="UNIFORM_SCALING"
    )


def _metrics(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client = clients.get("kinesis")
    before, after = set(prior.get("shard_level_metrics") or ()), set(state.get("shard_level_metrics") or ())
    if before - after:
        client.disable_enhanced_monitoring(StreamName=state["name"], ShardLevelMetrics=sorted(before - after))
    if after - before:
        client.enable_enhanced_monitoring(StreamName=state["name"], ShardLevelMetrics=sorted(after - before))


def _same_key(prior: object, new: object) -> bool:
    """Whether two names of a key are one; the service may answer an alias with its ARN."""
    one, other = str(prior), str(new)
    return bool(one and other) and (one.endswith(other) or other.endswith(one))


TABLES = (
    Resource(
        type_name="aws_kinesis_stream",
        service="kinesis",
        create=Op("CreateStream"),
        reads=(
            Read(
                _DESCRIBE,
                result="StreamDescriptionSummary",
                names={
                    "shard_count": "OpenShardCount",
                    "kms_key_id": "KeyId",
                    "shard_level_metrics": "EnhancedMonitoring.0.ShardLevelMetrics",
                },
            ),
        ),
        delete=Op("DeleteStream", names={"enforce_consumer_deletion": "EnforceConsumerDeletion"}),
        identity="{arn}",
        names={"name": "StreamName", "arn": "StreamARN", "retention_period": "RetentionPeriodHours"},
        changes=(
            Change(("shard_count",), _shards),
            Change(("retention_period",), _retention),
            Change(("encryption_type", "kms_key_id"), _encryption),
            Change(("shard_level_metrics",), _metrics),
        ),
        force_new=("name",),
        defaults={"retention_period": 24, "encryption_type": "NONE", "enforce_consumer_deletion": False},
        same={"kms_key_id": _same_key},
        missing=("ResourceNotFoundException",),
        ready=Wait(_DESCRIBE, "StreamDescriptionSummary.StreamStatus", ("ACTIVE",)),
        gone=Wait(_DESCRIBE, "StreamDescriptionSummary.StreamStatus", ()),
        tags=Tags(
            tag=Op("AddTagsToStream", only=("name",)),
            untag=Op("RemoveTagsFromStream", only=("name",)),
            listing=Op("ListTagsForStream", only=("name",)),
            form="map",
        ),
        importing=lambda name: {"name": name},
    ),
)
