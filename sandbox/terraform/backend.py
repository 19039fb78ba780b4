"""The backend's configuration of a target, and the bucket and lock table that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.errors import SandboxError

_SETTING = re.compile(r'^(\w+)\s*=\s*"([^"]*)"', re.MULTILINE)

#: boto3 builds its clients at run time: the client of a service by its name.
ClientFactory = Callable[[str], Any]


class StateStoreError(SandboxError):
    """The store of the state cannot be made or reached.

    Attributes:
        bucket: The bucket that was to hold it.
    """

    def __init__(self, bucket: str, cause: Exception, *, hint: str) -> None:
        super().__init__(f"the Terraform state cannot be kept in {bucket}: {cause}", hint=hint)
        self.bucket = bucket


class WrongAccountError(SandboxError):
    """The credentials are another account's.

    Attributes:
        found: Whose they are.
    """

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"the credentials are those of account {found}, not of {wanted}", hint="AWS_PROFILE chooses others"
        )
        self.found = found


def configure(committed: Path, own: Mapping[str, str]) -> str:
    """The committed file of a backend with what only this run knows, each value an expression, in place of its own."""
    names = "|".join(own)
    settings = re.sub(rf"^({names})\s*=.*\n", "", committed.read_text(), flags=re.MULTILINE)
    return settings + "".join(f"{name} = {value}\n" for name, value in own.items())


@dataclass(frozen=True)
class Store:
    """Where the state of a target lies, and how the bucket and the table for it are made.

    Attributes:
        configuration: What `terraform init` is told.
        client: Makes the clients that the bucket and the table are made with.
        hint: How to mend it when they cannot be reached.
        account_id: The account that they must be made in; empty on an emulator, which has but one.
    """

    configuration: str
    client: ClientFactory
    hint: str
    account_id: str = ""

    def setting(self, name: str) -> str:
        """A setting of the configuration."""
        return str(dict(_SETTING.findall(self.configuration))[name])

    def ensure(self) -> None:
        """Make what is missing; what is there stays as it is. Raises StateStoreError."""
        self._guarded(mend=False)

    def bootstrap(self) -> list[str]:
        """Make what is missing and set every rule anew; returns what was made. Raises StateStoreError."""
        return self._guarded(mend=True)

    def _guarded(self, *, mend: bool) -> list[str]:
        bucket, table = self.setting("bucket"), self.setting("dynamodb_table")
        try:
            if self.account_id:
                found = self.client("sts").get_caller_identity()["Account"]
                if found != self.account_id:
                    raise WrongAccountError(found, self.account_id)
            made = _bucket(self.client("s3"), bucket, self.setting("region"), mend=mend)
            return made + _table(self.client("dynamodb"), table, mend=mend)
        except (ClientError, BotoCoreError) as error:
            raise StateStoreError(bucket, error, hint=self.hint) from error


def _bucket(client: Any, bucket: str, region: str, *, mend: bool) -> list[str]:
    """Versioned, encrypted, private, and reached by TLS alone."""
    made: list[str] = []
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NotFound"):
            raise
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=bucket, **where)
        made.append(f"bucket {bucket}")
    if not (made or mend):
        return made
    everything = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(everything, True))
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_tls_only(client, bucket)))
    return made


def _tls_only(client: Any, bucket: str) -> dict[str, Any]:
    arn = f"arn:{client.meta.partition}:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _table(client: Any, table: str, *, mend: bool) -> list[str]:
    """One row a lock; nobody deletes the table by mistake."""
    made: list[str] = []
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        client.create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            SSESpecification={"Enabled": True},
        )
        made.append(f"table {table}")
        client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    if mend:
        client.update_table(TableName=table, DeletionProtectionEnabled=True)
    return made
