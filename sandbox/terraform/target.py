"""What differs between the targets of the one set of definitions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandbox.isolation import LOCAL_CREDENTIALS
from sandbox.terraform import backend


class Target(Protocol):
    """Where the definitions are applied, or only planned for."""

    @property
    def name(self) -> str:
        """Names folders and messages; no two targets share one."""

    @property
    def override(self) -> str:
        """The folder below `terraform/overrides/` that is laid over the definitions; empty for none."""

    @property
    def values(self) -> tuple[str, ...]:
        """The .tfvars files below `terraform/` that give the definitions their values; a later one goes before."""

    @property
    def settings(self) -> Mapping[str, str | int | bool]:
        """Variables that only this run knows."""

    @property
    def credentials(self) -> Mapping[str, str]:
        """What of terraform's environment decides whom it works for."""

    @property
    def is_local(self) -> bool:
        """Whether all that is there is this machine's, so that nobody else can be at work on it."""

    def store(self, definitions: Path) -> backend.Store | None:
        """Where its state is kept; None when it keeps none."""


@dataclass(frozen=True)
class LocalTarget:
    """An emulator on this machine.

    Attributes:
        name: `embedded` or `kind`: names folders.
        aws_endpoint: Where the emulator is.
        firehose_endpoint: Where Firehose is; the emulator's own one when they are the same.
        region: The region the resources are made in.
        variables: More variables of the definitions, over those of `overrides/local`.
        emulator: `ministack` or `localstack`: what it lacks stands in a file of its name in `overrides/local`.
    """

    name: str
    aws_endpoint: str
    firehose_endpoint: str
    region: str = "ap-northeast-2"
    variables: tuple[tuple[str, str | int | bool], ...] = ()
    emulator: str = "ministack"

    override = "local"
    is_local = True

    @property
    def values(self) -> tuple[str, ...]:
        """The .tfvars files below `terraform/` that give the definitions their values; a later one goes before."""
        return (f"overrides/{self.override}/local.tfvars", f"overrides/{self.override}/{self.emulator}.tfvars")

    @property
    def settings(self) -> dict[str, str | int | bool]:
        """Variables that only this run knows."""
        return {
            "aws_endpoint": self.aws_endpoint,
            "firehose_endpoint": self.firehose_endpoint,
            "region": self.region,
            **dict(self.variables),
        }

    @property
    def credentials(self) -> dict[str, str]:
        """No user's: an emulator takes any."""
        return no_account()

    def store(self, definitions: Path) -> backend.Store:
        """A bucket and a table on the emulator itself."""
        endpoints = ", ".join(f'{name} = "{self.aws_endpoint}"' for name in ("dynamodb", "iam", "s3", "sts"))
        own = {
            "key": f'"{self.name}/terraform.tfstate"',
            "region": f'"{self.region}"',
            "endpoints": f"{{ {endpoints} }}",
        }
        configuration = backend.configure(definitions / "backends" / "local.s3.tfbackend", own)
        return backend.Store(configuration, self._client, hint="is the emulator up?")

    def _client(self, service: str) -> Any:
        # Imported here: a plan for AWS needs none of it, and the import takes its time.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        session: Any = boto3.session.Session(
            aws_access_key_id=LOCAL_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=LOCAL_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=self.region,
        )
        config = Config(
            connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}
        )
        return session.client(service, endpoint_url=self.aws_endpoint, config=config)


def no_account() -> dict[str, str]:
    """The environment of what must never reach an account of the user's."""
    return {
        **LOCAL_CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
