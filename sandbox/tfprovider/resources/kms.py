"""Keys and their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import NOTHING, Change, GoneError, Op, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_BY_ID = ("key_id",)
_GONE = ("NotFoundException",)
_POLICY = {"PolicyName": "default"}


def _alive(state: Attributes, answer: Mapping[str, Any]) -> None:
    """A key is never deleted at once; one that waits for it is gone to Terraform."""
    if answer["KeyMetadata"].get("KeyState") in ("PendingDeletion", "PendingReplicaDeletion"):
        raise GoneError
    state["is_enabled"] = bool(answer["KeyMetadata"].get("Enabled"))


def _rotation(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client, wanted = clients.get("kms"), bool(state.get("enable_key_rotation"))
    if wanted:
        days = state.get("rotation_period_in_days")
        period = {"RotationPeriodInDays": int(days)} if days else {}
        client.enable_key_rotation(KeyId=state["key_id"], **period)
    elif prior.get("enable_key_rotation"):
        client.disable_key_rotation(KeyId=state["key_id"])


def _enabled(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client, wanted = clients.get("kms"), state.get("is_enabled") is not False
    if wanted != (prior.get("is_enabled") is not False):
        (client.enable_key if wanted else client.disable_key)(KeyId=state["key_id"])


def _target(state: Attributes, answer: Mapping[str, Any]) -> None:
    """An alias asked for by its name answers with the key behind it."""
    arn = str(answer["KeyMetadata"]["Arn"])
    state["target_key_arn"], state["target_key_id"] = arn, answer["KeyMetadata"]["KeyId"]
    state["arn"] = f"{arn.rpartition(':')[0]}:{state['name']}"


def _same_key(prior: object, new: object) -> bool:
    """Whether one is the id within the other's ARN."""
    one, other = str(prior), str(new)
    return one.rpartition("/")[2] == other.rpartition("/")[2]


TABLES = (
    Resource(
        type_name="aws_kms_key",
        service="kms",
        create=Op("CreateKey"),
        created={"key_id": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"},
        reads=(
            Read(
                Op("DescribeKey", only=_BY_ID),
                result="KeyMetadata",
                names={"xks_key_id": "", "policy": "", "deletion_window_in_days": ""},
                after=_alive,
            ),
            Read(
                Op("GetKeyRotationStatus", only=_BY_ID),
                names={"enable_key_rotation": "KeyRotationEnabled"},
                only=("enable_key_rotation", "rotation_period_in_days"),
            ),
            Read(Op("GetKeyPolicy", only=_BY_ID, extra=_POLICY), only=("policy",)),
        ),
        delete=Op(
            "ScheduleKeyDeletion",
            names={"deletion_window_in_days": "PendingWindowInDays"},
            only=("key_id", "deletion_window_in_days"),
        ),
        identity="{key_id}",
        names={"customer_master_key_spec": "KeySpec"},
        changes=(
            Change(("description",), Op("UpdateKeyDescription", only=("key_id", "description"))),
            Change(("policy",), Op("PutKeyPolicy", only=("key_id", "policy"), extra=_POLICY)),
            Change(("enable_key_rotation", "rotation_period_in_days"), _rotation),
            Change(("is_enabled",), _enabled),
        ),
        force_new=("customer_master_key_spec", "key_usage", "multi_region", "custom_key_store_id", "xks_key_id"),
        defaults={
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "key_usage": "ENCRYPT_DECRYPT",
            "is_enabled": True,
            "enable_key_rotation": False,
            "bypass_policy_lockout_safety_check": False,
        },
        json_attributes=("policy",),
        missing=_GONE,
        tags=Tags(
            tag=Op("TagResource", only=_BY_ID),
            untag=Op("UntagResource", only=_BY_ID),
            listing=Op("ListResourceTags", only=_BY_ID),
            form="kms",
        ),
        importing=lambda key: {"key_id": key},
    ),
    Resource(
        type_name="aws_kms_alias",
        service="kms",
        create=Op("CreateAlias", only=("name", "target_key_id")),
        reads=(Read(Op("DescribeKey", names={"name": "KeyId"}, only=("name",)), only=NOTHING, after=_target),),
        delete=Op("DeleteAlias", only=("name",)),
        identity="{name}",
        names={"name": "AliasName"},
        changes=(Change(("target_key_id",), Op("UpdateAlias", only=("name", "target_key_id"))),),
        force_new=("name",),
        same={"target_key_id": _same_key},
        missing=_GONE,
        importing=lambda name: {"name": name},
    ),
)
