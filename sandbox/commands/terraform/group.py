"""The options of `sandbox terraform`, and the run of terraform that they choose."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from sandbox.errors import SandboxError, UsageError
from sandbox.instance import REPOSITORY, Home, Instance
from sandbox.isolation import as_user, user_aws_settings
from sandbox.ports import is_free
from sandbox.settings import REGION
from sandbox.targets import chosen as sandboxes
from sandbox.terminal import Terminal
from sandbox.terraform import TerraformRun
from sandbox.terraform import provider as providers
from sandbox.terraform.aws import EXAMPLE_ACCOUNT, AwsTarget, OfflineTarget, check_environment
from sandbox.terraform.provider import Choice
from sandbox.terraform.target import Target

DEFINITIONS = REPOSITORY / "terraform"

#: What is planned for AWS without an account when nobody says for which environment.
DEFAULT_ENVIRONMENT = "dev"

#: What terraform tells people while it works; the rest is shown by the plan, or is an error that ends the command.
_TOLD = ("apply_start", "apply_progress", "apply_complete", "apply_errored")


class EmulatorDownError(SandboxError):
    """Terraform has nothing to work on.

    Attributes:
        target: The target whose emulator is meant.
    """

    def __init__(self, target: str) -> None:
        super().__init__(
            f"the AWS emulator of the {target} target is not up", hint=f"`sandbox up --target {target}` brings it up"
        )
        self.target = target


class OwnProviderError(UsageError):
    """The sandbox's own provider was asked to work on AWS."""

    def __init__(self) -> None:
        super().__init__(
            f"{providers.VARIABLE} is own, and on AWS only the published provider works",
            hint="unset it; a plan without an account works with either",
        )


@dataclass(frozen=True)
class Chosen:
    """What the options chose.

    Attributes:
        target: `embedded`, `kind` or `aws`; None for the one that the sandbox is up on.
        environment: The environment on AWS; empty when none was named.
        account_id: The account; empty when none was named.
        region: The region on AWS.
    """

    target: str | None
    environment: str
    account_id: str
    region: str

    @property
    def is_aws(self) -> bool:
        """Whether it is AWS itself."""
        return self.target == "aws"

    def live(self) -> Target:
        """The target with what exists on it."""
        if self.is_aws:
            return AwsTarget(self.named_environment(), self.account_id, self.region, user_aws_settings())
        self._only_aws()
        sandbox = sandboxes.target(self.target)
        ports = sandbox.memory.ports
        if not {"aws", "firehose"} <= set(ports) or is_free(ports["aws"]):
            raise EmulatorDownError(sandbox.name)
        return sandbox.terraform()

    def instance(self) -> Instance:
        """The instance whose folders are worked in."""
        return Home.from_environment().instance() if self.is_aws else sandboxes.target(self.target).instance

    def offline(self) -> OfflineTarget:
        """The environment on AWS without an account: dev, unless another one was named."""
        environment = self.environment or DEFAULT_ENVIRONMENT
        check_environment(DEFINITIONS, environment)
        return OfflineTarget(environment, self.account_id or EXAMPLE_ACCOUNT, self.region)

    def named_environment(self) -> str:
        """The environment; raises UsageError when none was named, or there is no such one."""
        if not self.environment:
            raise UsageError("the aws target needs --environment", hint="for example --environment dev")
        check_environment(DEFINITIONS, self.environment)
        return self.environment

    def _only_aws(self) -> None:
        if self.environment or self.account_id:
            raise UsageError("--environment and --account-id belong to --target aws")

    @contextmanager
    def run(self, terminal: Terminal, target: Target | None = None) -> Iterator[TerraformRun]:
        """Terraform on a target (default: the chosen one with what exists on it)."""
        target = target or self.live()
        choice: Choice | None = None
        if isinstance(target, AwsTarget):
            if providers.choice() == "own":
                raise OwnProviderError
            choice = "real"
        instance = self.instance()
        instance.create()
        run = TerraformRun(
            target,
            state=instance.state("terraform"),
            tools=instance.home.tools,
            definitions=DEFINITIONS,
            notice=terminal.say,
            listen=_teller(terminal),
            choice=choice,
        )
        if isinstance(target, AwsTarget):
            with as_user():
                yield run
        else:
            yield run


def _teller(terminal: Terminal) -> Callable[[dict[str, Any]], None]:
    def tell(message: dict[str, Any]) -> None:
        text = str(message.get("@message", ""))
        kind = message.get("type")
        if kind in _TOLD and not str(message["hook"]["resource"]["addr"]).startswith("data."):
            terminal.say(text)
        elif kind == "diagnostic" and message["diagnostic"].get("severity") == "warning":
            if "dynamodb_table" in str(message["diagnostic"].get("detail")):
                return  # meant so: see backends/
            terminal.say(f"warning: {text.removeprefix('Warning: ')}")

    return tell


def confirmed(question: str, *, auto_approve: bool) -> bool:
    """Whether the user says yes; raises UsageError where there is nobody to ask."""
    if auto_approve:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm it", hint="--auto-approve goes ahead without asking")
    return str(click.prompt(f"{question} Only 'yes' goes ahead", err=True)) == "yes"


@click.group()
@click.option(
    "--target",
    type=click.Choice([*sandboxes.NAMES, "aws"]),
    envvar="CALI_TARGET",
    help=f"Where the definitions are applied.  [default: where the sandbox is up, else {sandboxes.DEFAULT}]",
)
@click.option("--environment", default="", help="On AWS: dev or prod, whose values are in terraform/environments/.")
@click.option(
    "--account-id",
    envvar="CALI_AWS_ACCOUNT_ID",
    default="",
    help="On AWS: the account; the credentials of any other are refused. A plan does without.",
)
@click.option(
    "--region",
    default=lambda: os.environ.get("CALI_AWS_REGION", REGION),
    help=f"On AWS: the region. [default: {REGION}]",
)
@click.pass_context
def terraform(context: click.Context, target: str | None, environment: str, account_id: str, region: str) -> None:
    r"""Run the real terraform on the definitions, on one target.

    \b
    Examples:
      sandbox terraform plan
      sandbox terraform --target aws plan                        # needs no account
      sandbox terraform --target aws --environment dev --account-id 123456789012 apply
    """
    context.obj = Chosen(target, environment, account_id, region)
