"""`sandbox engine`: the Docker engine that the kind target and image builds need."""

from __future__ import annotations

from contextlib import closing

import click

from sandbox.engine import client, daemon
from sandbox.terminal import Terminal


@click.group()
def engine() -> None:
    """The Docker engine: yours, or one that is installed and started here (Linux, root)."""


@engine.command()
def start() -> None:
    """Install and start an engine where none answers; one that does is left as it is.

    What unpacks base images, mmdebstrap, is installed in either case where it is missing (Debian and Ubuntu, as root).
    """
    terminal = Terminal()
    if not daemon.start(terminal):
        terminal.say("a Docker engine answers already; it is left as it is")
    terminal.say(_describe())


@engine.command()
def stop() -> None:
    """Stop the engine that `engine start` ran by itself; any other one stays as it is.

    One that systemd runs is the machine's, whoever started it: `sudo systemctl stop docker.socket docker` ends it.
    """
    terminal = Terminal()
    if not daemon.stop(terminal):
        terminal.say("no engine that was started here runs by itself; nothing changed")


@engine.command()
def status() -> None:
    """Say which engine answers, and whose it is."""
    Terminal().say(_describe())


def _describe() -> str:
    with closing(client.connect()) as connection:
        about = connection.info()
    whose = "started here" if daemon.Started.read() else "yours"
    return (
        f"Docker {about['ServerVersion']} at {client.address()} ({whose}), "
        f"{about['OSType']}/{about['Architecture']}, control groups v{about.get('CgroupVersion', '1')}"
    )
