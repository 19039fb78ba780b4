"""Options that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from sandbox.errors import SandboxError
from sandbox.targets import chosen
from sandbox.targets.target import Target

_Command = TypeVar("_Command", bound=Callable[..., Any])


class NotUpError(SandboxError):
    """The command needs a sandbox that was brought up."""

    def __init__(self) -> None:
        super().__init__("the sandbox is not up", hint="`make sandbox-up` or `sandbox up` brings it up")


def target_option(function: _Command) -> _Command:
    """`--target`."""
    option = click.option(
        "--target",
        type=click.Choice(chosen.NAMES),
        envvar="CALI_TARGET",
        help=f"Where the sandbox runs  [default: where it was brought up, else {chosen.DEFAULT}]",
    )
    return option(function)


def emulator_option(function: _Command) -> _Command:
    """`--emulator`."""
    option = click.option(
        "--emulator",
        type=click.Choice(["ministack", "localstack"]),
        envvar="CALI_EMULATOR",
        help="What plays AWS, remembered; kind has LocalStack alone  [default: the last one, else ministack]",
    )
    return option(function)


def json_option(function: _Command) -> _Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout, everything else on stderr.")(function)


def brought_up(name: str | None) -> Target:
    """The target called `name`, when the sandbox was brought up on it; raises NotUpError."""
    target = chosen.target(name)
    if not target.memory.outputs or not target.is_running():
        raise NotUpError
    return target


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, default=str))
