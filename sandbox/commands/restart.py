"""`sandbox start`, `stop` and `restart`: one service at a time."""

from __future__ import annotations

import click

from sandbox import ports
from sandbox.commands.options import brought_up
from sandbox.errors import UsageError
from sandbox.targets.bring_up import wait_ready
from sandbox.targets.embedded import Embedded
from sandbox.terminal import Terminal


def _named(target: Embedded, names: tuple[str, ...]) -> list[str]:
    known = list(target.services())
    for name in names:
        if name not in known:
            raise UsageError(f"there is no service called {name!r}", hint=f"there is: {', '.join(known)}")
    return list(names)


def _start(target: Embedded, name: str, terminal: Terminal) -> None:
    service = target.services()[name]
    process = target.supervisor.states().get(name)
    # Some servers share a port with a stranger without a word, and then get half of its calls.
    if (process is None or process.pid is None) and service.port and not ports.is_free(service.port):
        raise ports.PortLostError(name, service.port)
    target.supervisor.run(name, service.program())
    wait_ready(target, service, terminal)


@click.command()
@click.argument("services", nargs=-1, required=True)
def restart(services: tuple[str, ...]) -> None:
    """Stop SERVICES and start them as their definitions stand now."""
    target, terminal = brought_up(), Terminal()
    for name in _named(target, services):
        target.supervisor.stop_one(name)
        _start(target, name, terminal)


@click.command()
@click.argument("services", nargs=-1, required=True)
def start(services: tuple[str, ...]) -> None:
    """Start SERVICES that were stopped."""
    target, terminal = brought_up(), Terminal()
    for name in _named(target, services):
        _start(target, name, terminal)


@click.command()
@click.argument("services", nargs=-1, required=True)
def stop(services: tuple[str, ...]) -> None:
    """Stop SERVICES; the rest goes on without them."""
    target, terminal = brought_up(), Terminal()
    for name in _named(target, services):
        with terminal.stage(f"stopping {name}"):
            target.supervisor.stop_one(name)
