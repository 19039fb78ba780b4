"""The bucket and the lock table that hold a local target's state."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.errors import SandboxError
from sandbox.isolation import LOCAL_CREDENTIALS
from sandbox.terraform.target import LocalTarget

_SETTING = re.compile(r'^(\w+)\s*=\s*"([^"]*)"', re.MULTILINE)


class StateStoreError(SandboxError):
    """The store of the state cannot be made or reached."""

    def __init__(self, endpoint: str, cause: Exception) -> None:
        super().__init__(f"the Terraform state cannot be kept at {endpoint}: {cause}", hint="is the emulator up?")


def configure(definitions: Path, target: LocalTarget) -> str:
    """The backend configuration of a target: the committed file, its key and the emulator's endpoints."""
    committed = (definitions / "backends" / f"{target.override}.s3.tfbackend").read_text()
    settings = re.sub(r"^(key|region)\s*=.*\n", "", committed, flags=re.MULTILINE)
    endpoints = ", ".join(f'{name} = "{target.aws_endpoint}"' for name in ("dynamodb", "iam", "s3", "sts"))
    own = f'key = "{target.name}/terraform.tfstate"\nregion = "{target.region}"\nendpoints = {{ {endpoints} }}\n'
    return f"{settings}\n{own}"


def bootstrap(configuration: str, target: LocalTarget) -> None:
    """Make the bucket and the table that a backend configuration names, where they are missing."""
    settings = dict(_SETTING.findall(configuration))
    try:
        _make_bucket(_client("s3", target), settings["bucket"], target.region)
        _make_table(_client("dynamodb", target), settings["dynamodb_table"])
    except (ClientError, BotoCoreError) as error:
        raise StateStoreError(target.aws_endpoint, error) from error


def _client(service: str, target: LocalTarget) -> Any:  # boto3 builds its clients at run time
    session: Any = boto3.session.Session(
        aws_access_key_id=LOCAL_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=LOCAL_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=target.region,
    )
    config = Config(
        connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}
    )
    return session.client(service, endpoint_url=target.aws_endpoint, config=config)


def _make_bucket(client: Any, bucket: str, region: str) -> None:
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NotFound"):
            raise
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=bucket, **where)
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def _make_table(client: Any, table: str) -> None:
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        client.create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
