"""What a run with either provider proves."""

from __future__ import annotations

from sandbox.tfprovider import schema


def evidence(source: str) -> str:
    """The provider that was used, and what that proves, in one line."""
    if source == "real":
        return "hashicorp/aws, the published one: what it plans is what it does on AWS."
    version = schema.load().provider_version
    return (
        f"the sandbox's own, with the schema of hashicorp/aws {version}. It proves that the definitions fit the schema"
        " and each other, not what the published provider checks and rewrites besides (docs/terraform.md)."
    )
