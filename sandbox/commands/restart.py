"""`sandbox start`, `stop` and `restart`: one service at a time."""

from __future__ import annotations

import click

from sandbox.commands.options import brought_up, target_option
from sandbox.errors import UsageError
from sandbox.targets.bring_up import wait_ready
from sandbox.targets.target import Target
from sandbox.terminal import Terminal


def _named(target: Target, names: tuple[str, ...]) -> list[str]:
    known = list(target.services())
    for name in names:
        if name not in known:
            raise UsageError(f"there is no service called {name!r}", hint=f"there is: {', '.join(known)}")
    return list(names)


@click.command()
@click.argument("services", nargs=-1, required=True)
@target_option
def restart(services: tuple[str, ...], target: str | None) -> None:
    """Replace SERVICES by what their definitions say now."""
    sandbox, terminal = brought_up(target), Terminal()
    for name in _named(sandbox, services):
        sandbox.restart(name)
        wait_ready(sandbox, sandbox.services()[name], terminal)


@click.command()
@click.argument("services", nargs=-1, required=True)
@target_option
def start(services: tuple[str, ...], target: str | None) -> None:
    """Start SERVICES that were stopped."""
    sandbox, terminal = brought_up(target), Terminal()
    for name in _named(sandbox, services):
        sandbox.start(name)
        wait_ready(sandbox, sandbox.services()[name], terminal)


@click.command()
@click.argument("services", nargs=-1, required=True)
@target_option
def stop(services: tuple[str, ...], target: str | None) -> None:
    """Stop SERVICES; the rest goes on without them."""
    sandbox, terminal = brought_up(target), Terminal()
    for name in _named(sandbox, services):
        with terminal.stage(f"stopping {name}"):
            sandbox.halt(name)
