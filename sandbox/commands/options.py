"""Options that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from sandbox.errors import SandboxError
from sandbox.instance import Home
from sandbox.targets.embedded import Embedded

_Command = TypeVar("_Command", bound=Callable[..., Any])


class NotUpError(SandboxError):
    """The command needs a sandbox that was brought up."""

    def __init__(self) -> None:
        super().__init__("the sandbox is not up", hint="`make sandbox-up` or `sandbox up` brings it up")


def target_option(function: _Command) -> _Command:
    """`--target`."""
    option = click.option(
        "--target",
        type=click.Choice(["embedded"]),
        default="embedded",
        show_default=True,
        help="Where the sandbox runs.",
    )
    return option(function)


def json_option(function: _Command) -> _Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout, everything else on stderr.")(function)


def embedded() -> Embedded:
    """The embedded target of the instance the environment names; raises LayoutVersionError."""
    instance = Home.from_environment().instance()
    instance.check_version()
    return Embedded(instance)


def brought_up() -> Embedded:
    """The same, when it was brought up; raises NotUpError."""
    target = embedded()
    if not target.memory.outputs or not target.supervisor.is_running():
        raise NotUpError
    return target


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, default=str))
