"""`sandbox down`: end everything that runs."""

from __future__ import annotations

import click

from sandbox.commands.options import target_option
from sandbox.targets import chosen
from sandbox.targets.bring_up import exclusive
from sandbox.terminal import Terminal


@click.command()
@target_option
def down(target: str | None) -> None:
    """End everything of the sandbox that runs; what the target keeps is there for the next `up`."""
    terminal = Terminal()
    sandbox = chosen.target(target)
    if not sandbox.instance.root.exists():
        terminal.say("already down")
        return
    with exclusive(sandbox.instance):
        with terminal.stage("ending everything"):
            sandbox.stop()
        sandbox.memory.state = "down"
        sandbox.instance.write(sandbox.memory)
