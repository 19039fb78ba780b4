"""`sandbox down`: end every process, keep the data."""

from __future__ import annotations

import click

from sandbox.commands.options import embedded, target_option
from sandbox.targets.bring_up import exclusive
from sandbox.terminal import Terminal


@click.command()
@target_option
def down(target: str) -> None:
    """End every process of the sandbox; its data stays for the next `up`."""
    del target  # there is one so far
    terminal = Terminal()
    sandbox = embedded()
    if not sandbox.instance.root.exists():
        terminal.say("already down")
        return
    with exclusive(sandbox.instance):
        with terminal.stage("ending every process"):
            sandbox.stop()
        sandbox.memory.state = "down"
        sandbox.instance.write(sandbox.memory)
