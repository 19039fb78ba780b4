"""What the options of `sandbox terraform` choose: a target, and the run of terraform on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import SandboxError, UsageError
from sandbox.instance import REPOSITORY, Home, Instance
from sandbox.isolation import user_aws_settings
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


#: Warnings of what is meant so: the lock (see docs/terraform.md), and a provider that is made here for this platform.
_MEANT_SO = ("dynamodb_table", "Incomplete lock file information")


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
        if self.environment:
            raise UsageError("--environment belongs to --target aws")
        sandbox = sandboxes.target(self.target)
        # Not the port: another sandbox's emulator may have it by now.
        state = sandbox.states().get("aws") if sandbox.is_running() else None
        if state is None or state.state != "RUNNING":
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

    def run(self, terminal: Terminal, target: Target | None = None) -> TerraformRun:
        """Terraform on a target (default: the chosen one with what exists on it)."""
        target = target or self.live()
        choice: Choice | None = None
        if isinstance(target, AwsTarget):
            if providers.choice() == "own":
                raise OwnProviderError
            choice = "real"
        instance = self.instance()
        instance.create()
        return TerraformRun(
            target,
            state=instance.state("terraform"),
            tools=instance.home.tools,
            definitions=DEFINITIONS,
            notice=terminal.say,
            listen=_teller(terminal),
            choice=choice,
        )


def _teller(terminal: Terminal) -> Callable[[dict[str, Any]], None]:
    def tell(message: dict[str, Any]) -> None:
        text = str(message.get("@message", ""))
        kind = message.get("type")
        if kind in _TOLD and not str(message["hook"]["resource"]["addr"]).startswith("data."):
            terminal.say(text)
        elif kind == "diagnostic" and message["diagnostic"].get("severity") == "warning":
            if any(known in json.dumps(message["diagnostic"]) for known in _MEANT_SO):
                return
            terminal.say(f"warning: {text.removeprefix('Warning: ')}")

    return tell
