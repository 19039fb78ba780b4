"""Secrets; their values are never Terraform's."""

from __future__ import annotations

from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes


def _window(params: Params, state: Attributes) -> None:
    days = state.get("recovery_window_in_days")
    if days == 0:
        params["ForceDeleteWithoutRecovery"] = True
    elif days:
        params["RecoveryWindowInDays"] = int(days)


_BY_ARN = {"arn": "SecretId"}

TABLES = (
    Resource(
        type_name="aws_secretsmanager_secret",
        service="secretsmanager",
        create=Op("CreateSecret"),
        created={"arn": "ARN"},
        reads=(
            Read(Op("DescribeSecret", names={"id": "SecretId"}, only=("id",)), names={"replica": "", "policy": ""}),
        ),
        delete=Op("DeleteSecret", names={"id": "SecretId"}, only=("id",), before=_window),
        identity="{arn}",
        names={"kms_key_id": "KmsKeyId", "replica": "", "policy": ""},
        changes=(
            Change(
                ("description", "kms_key_id"),
                Op("UpdateSecret", names={"id": "SecretId"}, only=("id", "description", "kms_key_id")),
            ),
        ),
        force_new=("name", "name_prefix"),
        defaults={"recovery_window_in_days": 30, "force_overwrite_replica_secret": False},
        missing=("ResourceNotFoundException",),
        tags=Tags(
            tag=Op("TagResource", names={"id": "SecretId"}, only=("id",)),
            untag=Op("UntagResource", names={"id": "SecretId"}, only=("id",)),
        ),
    ),
)
