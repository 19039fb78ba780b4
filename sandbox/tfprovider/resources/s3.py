"""Buckets and what is configured on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.mapping import SAME_LEVEL
from sandbox.tfprovider.table import Change, Op, Params, Read, Resource
from sandbox.tfprovider.values import Attributes

_GONE = ("NoSuchBucket", "404", "NotFound")


def _location(params: Params, state: Attributes) -> None:
    params.pop("CreateBucketConfiguration", None)
    region = state.get("region")
    if region and region != "us-east-1":
        params["CreateBucketConfiguration"] = {"LocationConstraint": region}


def _names_of_bucket(state: Attributes, _answer: Mapping[str, Any]) -> None:
    bucket = state["bucket"]
    state["arn"] = f"arn:aws:s3:::{bucket}"
    state["bucket_domain_name"] = f"{bucket}.s3.amazonaws.com"
    if state.get("region"):
        state["bucket_regional_domain_name"] = f"{bucket}.s3.{state['region']}.amazonaws.com"


def _empty(clients: Clients, state: Attributes) -> None:
    """Remove every object and version when the configuration allows it."""
    if not state.get("force_destroy"):
        return
    client = clients.get("s3")
    for page in client.get_paginator("list_object_versions").paginate(Bucket=state["bucket"]):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        for start in range(0, len(found), 1000):
            keys = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found[start : start + 1000]]
            client.delete_objects(Bucket=state["bucket"], Delete={"Objects": keys, "Quiet": True})
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=state["bucket"]):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", ())]
        if keys:
            client.delete_objects(Bucket=state["bucket"], Delete={"Objects": keys, "Quiet": True})


def _replace_tags(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    client, tags = clients.get("s3"), state.get("tags_all") or {}
    if tags:
        entries = [{"Key": key, "Value": value} for key, value in tags.items()]
        client.put_bucket_tagging(Bucket=state["bucket"], Tagging={"TagSet": entries})
    else:
        client.delete_bucket_tagging(Bucket=state["bucket"])


def _read_tags(state: Attributes, answer: Mapping[str, Any]) -> None:
    state["tags_all"] = {tag["Key"]: tag["Value"] for tag in answer.get("TagSet", ())}


def _setting(  # noqa: PLR0913 - one row of the table of settings below
    type_name: str,
    subject: str,
    names: Mapping[str, str],
    *,
    answer: Mapping[str, str] | None = None,
    absent: str,
    delete: bool = True,
    defaults: Mapping[str, Any] | None = None,
    json_attributes: tuple[str, ...] = (),
) -> Resource:
    """A setting of a bucket: put, get and delete under one name, identified by the bucket."""
    put = Op(f"Put{subject}", names=names)
    return Resource(
        type_name=type_name,
        service="s3",
        create=put,
        reads=(Read(Op(f"Get{subject}", only=("bucket",)), names=answer or names),),
        delete=Op(
            f"Delete{subject.replace('Configuration', '') if 'Lifecycle' in subject else subject}", only=("bucket",)
        )
        if delete
        else None,
        identity="{bucket}",
        changes=(Change(tuple(name for name in names if "." not in name), put),),
        force_new=("bucket",),
        defaults=defaults or {},
        json_attributes=json_attributes,
        missing=(*_GONE, absent),
        importing=lambda bucket: {"bucket": bucket},
    )


_PAB = "PublicAccessBlockConfiguration"
_RULE = {
    "rule.id": "ID",
    "rule.expiration.date": "Date",
    "rule.filter.and": "And",
    "rule.transition": "Transitions",
    "rule.noncurrent_version_transition": "NoncurrentVersionTransitions",
    "rule.filter.and.tags": "",
}
_ENCRYPTION = {
    "rule.apply_server_side_encryption_by_default": "ApplyServerSideEncryptionByDefault",
    "rule.apply_server_side_encryption_by_default.kms_master_key_id": "KMSMasterKeyID",
    "rule.apply_server_side_encryption_by_default.sse_algorithm": "SSEAlgorithm",
}

TABLES = (
    Resource(
        type_name="aws_s3_bucket",
        service="s3",
        create=Op("CreateBucket", only=("bucket",), before=_location),
        reads=(
            Read(
                Op("HeadBucket", only=("bucket",)),
                names={"region": "BucketRegion"},
                only=("region",),
                after=_names_of_bucket,
            ),
            Read(
                Op("GetBucketTagging", only=("bucket",)), after=_read_tags, absent=("NoSuchTagSet",), only=("tags_all",)
            ),
        ),
        delete=Op("DeleteBucket", only=("bucket",)),
        before_delete=_empty,
        identity="{bucket}",
        changes=(Change(("tags_all",), _replace_tags),),
        force_new=("bucket", "object_lock_enabled"),
        defaults={"force_destroy": False},
        missing=_GONE,
        importing=lambda bucket: {"bucket": bucket},
    ),
    _setting(
        "aws_s3_bucket_versioning",
        "BucketVersioning",
        {"versioning_configuration": "VersioningConfiguration", "*.mfa_delete": "MFADelete", "mfa": "MFA"},
        answer={"versioning_configuration": SAME_LEVEL, "*.mfa_delete": "MFADelete"},
        absent="NoSuchVersioning",
        delete=False,
    ),
    _setting(
        "aws_s3_bucket_server_side_encryption_configuration",
        "BucketEncryption",
        {"rule": "ServerSideEncryptionConfiguration.Rules", **_ENCRYPTION},
        absent="ServerSideEncryptionConfigurationNotFoundError",
    ),
    _setting(
        "aws_s3_bucket_public_access_block",
        "PublicAccessBlock",
        {
            "block_public_acls": f"{_PAB}.BlockPublicAcls",
            "block_public_policy": f"{_PAB}.BlockPublicPolicy",
            "ignore_public_acls": f"{_PAB}.IgnorePublicAcls",
            "restrict_public_buckets": f"{_PAB}.RestrictPublicBuckets",
        },
        absent="NoSuchPublicAccessBlockConfiguration",
        defaults={
            "block_public_acls": False,
            "block_public_policy": False,
            "ignore_public_acls": False,
            "restrict_public_buckets": False,
        },
    ),
    _setting(
        "aws_s3_bucket_policy",
        "BucketPolicy",
        {"policy": "Policy"},
        absent="NoSuchBucketPolicy",
        json_attributes=("policy",),
    ),
    _setting(
        "aws_s3_bucket_ownership_controls",
        "BucketOwnershipControls",
        {"rule": "OwnershipControls.Rules"},
        absent="OwnershipControlsNotFoundError",
    ),
    _setting(
        "aws_s3_bucket_lifecycle_configuration",
        "BucketLifecycleConfiguration",
        {"rule": "LifecycleConfiguration.Rules", **_RULE},
        answer={"rule": "Rules", **_RULE},
        absent="NoSuchLifecycleConfiguration",
    ),
)
