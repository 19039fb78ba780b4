"""Clients of the other services, under the role of the delivery stream, as Firehose itself calls them.

"Controlling access with Amazon Data Firehose": Firehose assumes the role it is given for the source and
each destination.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials


def is_loopback(url: str) -> bool:
    """Say whether a URL names this machine."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class AwsClients:
    """Makes boto3 clients for one endpoint.

    Attributes:
        endpoint: The AWS endpoint; None for AWS itself.
        assume_roles: Whether clients act under the role they are given, or under the process's own credentials.
        plaintext_hosts: Hosts besides this machine that are spoken to without TLS: emulators on a network of their own.
    """

    def __init__(
        self, endpoint: str | None, *, assume_roles: bool, plaintext_hosts: Collection[str] = frozenset()
    ) -> None:
        self.endpoint = endpoint
        self.assume_roles = assume_roles
        self.plaintext_hosts = frozenset(plaintext_hosts)
        # Retries are ours, visible in the health answer; a proxy of the user must never see traffic to this machine.
        proxies: dict[str, str] | None = {} if endpoint and is_loopback(endpoint) else None
        self._config = Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 1},
            proxies=proxies,
            s3={"addressing_style": "path"} if endpoint else None,
            parameter_validation=True,
        )

    def client(self, service: Any, region: str, role_arn: str | None = None) -> Any:
        """Return a client of a service in a region, acting under a role."""
        session = botocore.session.get_session()
        if role_arn and self.assume_roles:
            # botocore has no public way to hand a session the credentials of a role.
            session._credentials = self._role_credentials(session, region, role_arn)  # type: ignore[attr-defined]
        return boto3.Session(botocore_session=session, region_name=region).client(
            service, endpoint_url=self.endpoint, config=self._config
        )

    def _role_credentials(self, session: Any, region: str, role_arn: str) -> DeferredRefreshableCredentials:
        def create(service: str, **options: Any) -> Any:
            return session.create_client(
                service, region_name=region, endpoint_url=self.endpoint, **{**options, "config": self._config}
            )

        fetcher = AssumeRoleCredentialFetcher(
            client_creator=create,
            source_credentials=session.get_credentials(),
            role_arn=role_arn,
            extra_args={"RoleSessionName": "firehose"},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
