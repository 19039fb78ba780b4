"""What differs between the targets of the one set of definitions."""

from __future__ import annotations

from dataclasses import dataclass

#: The account of every emulator.
LOCAL_ACCOUNT = "000000000000"


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

    @property
    def override(self) -> str:
        """The folder below `terraform/overrides/` that is laid over the definitions."""
        return "local"

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
