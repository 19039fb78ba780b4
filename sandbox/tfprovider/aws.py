"""boto3 clients as the provider block configures them."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any

from sandbox.tfprovider.failures import ProviderError
from sandbox.tfprovider.values import Attributes

#: boto3's name of a service, where the provider's `endpoints` block calls it differently.
_ENDPOINT_NAMES = {
    "logs": ("logs", "cloudwatchlogs", "cloudwatchlog"),
    "opensearch": ("opensearch", "opensearchservice"),
    "grafana": ("grafana", "managedgrafana", "amg"),
}

_TIMEOUT_S = 60


class Clients:
    """Makes one client a service, and knows what the provider block says of all resources."""

    def __init__(self, config: Attributes) -> None:
        self.config = config
        self.region = str(config.get("region") or "us-east-1")
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()
        self._endpoints: dict[str, str] = {}
        for block in config.get("endpoints") or ():
            self._endpoints.update({name: url for name, url in block.items() if url})

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags of every resource."""
        blocks = self.config.get("default_tags") or ()
        return {key: value for block in blocks for key, value in (block.get("tags") or {}).items()}

    @property
    def partition(self) -> str:
        """The partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @cached_property
    def account_id(self) -> str:
        """The account of the credentials."""
        return str(self.get("sts").get_caller_identity()["Account"])

    def get(self, service: str) -> Any:  # boto3 builds its clients at run time
        """The client of a service, made at its first use by whichever thread comes first."""
        if service not in self._clients:
            # Terraform asks for ten resources at once: without the lock each of them would load the same models.
            with self._making:
                if service not in self._clients:
                    self._clients[service] = self._make(service)
        return self._clients[service]

    def _make(self, service: str) -> Any:
        # Imported here: most of what Terraform asks of a provider needs no AWS, and the import takes its time.
        from botocore.config import Config  # noqa: PLC0415

        return self._session.client(
            service,
            endpoint_url=self.endpoint(service),
            config=Config(
                s3={"addressing_style": "path" if self.config.get("s3_use_path_style") else "auto"},
                retries={"total_max_attempts": int(self.config.get("max_retries") or 5), "mode": "standard"},
                read_timeout=_TIMEOUT_S,
            ),
        )

    @cached_property
    def _session(self) -> Any:
        """One session: it reads the description of all of AWS's endpoints, which takes longer than a client."""
        import boto3  # noqa: PLC0415 - see _make

        return boto3.session.Session(
            aws_access_key_id=self.config.get("access_key"),
            aws_secret_access_key=self.config.get("secret_key"),
            aws_session_token=self.config.get("token"),
            profile_name=self.config.get("profile"),
            region_name=self.region,
        )

    def endpoint(self, service: str) -> str | None:
        """The endpoint that the provider block sets for a service; None is AWS itself.

        Raises:
            ProviderError: It sets those of other services: what is made in an emulator must not reach AWS in part.
        """
        for name in _ENDPOINT_NAMES.get(service, (service,)):
            if name in self._endpoints:
                return self._endpoints[name]
        if self._endpoints:
            raise ProviderError(
                f"the provider block sets no endpoint for {service}",
                "It sets those of other services, so this one is not asked of AWS. Add it to `endpoints`.",
            )
        return None
