"""AWS clients: the standard variables alone decide who and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

from cali_consumer.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

_CONNECT_TIMEOUT_S = 2
_READ_TIMEOUT_S = 6


class Aws:
    """Clients of one session, made once: making one costs more than using it.

    Args:
        settings: The consumer's settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = boto3.session.Session(botocore_session=_assumed(settings), region_name=settings.aws_region)
        config = Config(
            connect_timeout=_CONNECT_TIMEOUT_S,
            read_timeout=_READ_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=2 * settings.alert_workers + 16,
            s3={"addressing_style": "path"} if settings.aws_endpoint_url else {},
        )
        self.kinesis: KinesisClient = self._client("kinesis", config)
        self.dynamodb: DynamoDBClient = self._client("dynamodb", config)
        self.s3: S3Client = self._client("s3", config)
        self.secrets: SecretsManagerClient = self._client("secretsmanager", config)

    def _client(self, name: Any, config: Config) -> Any:  # boto3 builds its clients at run time
        return self._session.client(name, endpoint_url=self._settings.aws_endpoint_url, config=config)


def _assumed(settings: Settings) -> botocore.session.Session | None:
    """A session under AWS_ROLE_ARN, renewed by itself; none when the SDK's own chain does (IRSA) or no role is set."""
    if not settings.aws_role_arn or os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return None
    own = botocore.session.get_session()
    credentials = own.get_credentials()

    def client(service: Any, **arguments: Any) -> Any:  # the fetcher's own contract
        return own.create_client(
            service, region_name=settings.aws_region, endpoint_url=settings.aws_endpoint_url, **arguments
        )

    fetcher = AssumeRoleCredentialFetcher(
        client, credentials, settings.aws_role_arn, extra_args={"RoleSessionName": settings.consumer_id[:64]}
    )
    assumed = botocore.session.get_session()
    # botocore has no public way to hand a session renewable credentials.
    assumed._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # type: ignore[attr-defined]
    return assumed
