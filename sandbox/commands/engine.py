"""`sandbox engine`: the Docker engine that the kind target and image builds need."""

from __future__ import annotations

from contextlib import closing

import click

from sandbox.engine import client, daemon
from sandbox.errors import ExitCode
from sandbox.terminal import Terminal


@click.group()
def engine() -> None:
    """The Docker engine: yours, or one that is installed and started here (Linux, root)."""


@engine.command()
def start() -> None:
    """Install and start an engine where none answers; touch nothing where one does."""
    terminal = Terminal()
    if not daemon.start(terminal):
        terminal.say("a Docker engine answers already; nothing changed")
    terminal.say(_describe())


@engine.command()
def stop() -> None:
    """Stop the engine that `engine start` started; any other one stays as it is."""
    terminal = Terminal()
    if not daemon.stop(terminal):
        terminal.say("no engine that was started here runs; nothing changed")


@engine.command()
def status() -> int:
    """Say which engine answers, and whose it is."""
    if not client.answers():
        Terminal().say(f"no Docker engine answers at {client.address()}; `sandbox engine start` brings one")
        return ExitCode.PREREQUISITE
    Terminal().say(_describe())
    return ExitCode.DONE


def _describe() -> str:
    with closing(client.connect()) as connection:
        about = connection.info()
    whose = "started here" if daemon.Started.read() else "yours"
    return (
        f"Docker {about['ServerVersion']} at {client.address()} ({whose}), "
        f"{about['OSType']}/{about['Architecture']}, control groups v{about.get('CgroupVersion', '1')}"
    )
