"""AWS as a target: an account of the user's, or none at all for a plan."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.errors import UsageError
from sandbox.settings import REGION
from sandbox.terraform import backend
from sandbox.terraform.target import no_account

#: The account of AWS's own examples: a plan without an account is made for it.
EXAMPLE_ACCOUNT = "111122223333"

#: Nothing listens there: whatever would call AWS for a plan without an account fails at once, on this machine.
NOWHERE = "http://127.0.0.1:9"


class UnknownEnvironmentError(UsageError):
    """There is no such environment.

    Attributes:
        environment: The name that was given.
    """

    def __init__(self, environment: str, known: list[str]) -> None:
        super().__init__(
            f"there is no terraform/environments/{environment}.tfvars", hint=f"--environment can be {', '.join(known)}"
        )
        self.environment = environment


class AccountError(UsageError):
    """The account is missing, or not one."""

    def __init__(self, given: str) -> None:
        problem = f"{given!r} is no account id" if given else "the aws target needs to know the account"
        super().__init__(problem, hint="--account-id or CALI_AWS_ACCOUNT_ID gives its twelve digits")


class RedirectedError(UsageError):
    """The user's environment points AWS somewhere else."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"AWS_ENDPOINT_URL is {endpoint}, and the aws target is AWS itself",
            hint="unset it, or use --target embedded",
        )


def environments(definitions: Path) -> list[str]:
    """The names of all environments."""
    return sorted(path.stem for path in (definitions / "environments").glob("*.tfvars"))


def check_environment(definitions: Path, environment: str) -> None:
    """Raise UnknownEnvironmentError for a name that is none."""
    known = environments(definitions)
    if environment not in known:
        raise UnknownEnvironmentError(environment, known)


@dataclass(frozen=True)
class _Environment:
    """What every target on AWS has: an environment, an account and a region."""

    environment: str
    account_id: str
    region: str = REGION

    is_local = False

    @property
    def values(self) -> tuple[str, ...]:
        """The environment's values."""
        return (f"environments/{self.environment}.tfvars",)

    @property
    def settings(self) -> dict[str, str | int | bool]:
        """The account and the region."""
        return {"account_id": self.account_id, "region": self.region}


@dataclass(frozen=True)
class OfflineTarget(_Environment):
    """An environment on AWS as it can be planned with no account at hand: from nothing, and asking nothing.

    Attributes:
        environment: Names its values in `terraform/environments/`.
        account_id: The account that names and ARNs are made of.
        region: The region.
    """

    account_id: str = EXAMPLE_ACCOUNT

    override = "offline"

    @property
    def name(self) -> str:
        """Apart from the environment's own: it must never meet its state."""
        return f"aws-{self.environment}-offline"

    @property
    def credentials(self) -> dict[str, str]:
        """Nobody's."""
        return {**no_account(), "AWS_ENDPOINT_URL": NOWHERE}

    def store(self, _definitions: Path) -> None:
        """None: the override has it keep its (empty) state beside its working directory."""
        return


@dataclass(frozen=True)
class AwsTarget(_Environment):
    """An environment in the user's account.

    Attributes:
        environment: Names its values, its backend file and its state.
        account_id: The account; terraform's backend refuses the credentials of any other.
        region: The region.
        user: The AWS settings that the user exported.
    """

    user: Mapping[str, str] = field(default_factory=dict)

    override = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{12}", self.account_id):
            raise AccountError(self.account_id)
        if self.user.get("AWS_ENDPOINT_URL"):
            raise RedirectedError(self.user["AWS_ENDPOINT_URL"])

    @property
    def name(self) -> str:
        """One an environment."""
        return f"aws-{self.environment}"

    @property
    def credentials(self) -> dict[str, str]:
        """The user's own, and the user's own exceptions from a proxy."""
        direct = {name: os.environ[name] for name in ("NO_PROXY", "no_proxy") if name in os.environ}
        return {**direct, **self.user}

    def store(self, definitions: Path) -> backend.Store:
        """A bucket of the account, one object an environment."""
        own = {
            "bucket": json.dumps(f"cali-terraform-state-{self.account_id}-{self.region}"),
            "region": json.dumps(self.region),
            "allowed_account_ids": json.dumps([self.account_id]),
        }
        committed = definitions / "backends" / f"{self.environment}.s3.tfbackend"
        return backend.Store(
            backend.configure(committed, own),
            self._client,
            hint="the account's credentials come from your own AWS settings, such as AWS_PROFILE",
            account_id=self.account_id,
        )

    def _client(self, service: str) -> Any:
        # Reads the user's settings from the environment, as every tool of AWS does: see isolation.as_user.
        import boto3  # noqa: PLC0415 - see LocalTarget

        session: Any = boto3.session.Session(region_name=self.region)
        return session.client(service)
