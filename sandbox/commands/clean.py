"""`sandbox clean`: remove all that the sandbox made."""

from __future__ import annotations

import shutil
from contextlib import suppress

import click

from sandbox.commands.options import target_option
from sandbox.instance import Home
from sandbox.targets import chosen
from sandbox.terminal import Terminal


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Also what was installed under .sandbox/ (environments, tools)."
)
@target_option
def clean(everything: bool, target: str | None) -> None:
    """End everything that runs and remove the sandbox's data; package caches of yours stay."""
    terminal = Terminal()
    home = Home.from_environment()
    instances = home.root / "instances"
    if everything:
        sandboxes = [chosen.of_instance(home.instance(root.name)) for root in sorted(instances.glob("*"))]
    else:
        sandboxes = [chosen.target(target)]
    with terminal.stage("ending everything"):
        for sandbox in sandboxes:
            if sandbox.instance.root.exists():
                sandbox.stop()
    # Only what the sandbox makes: CALI_HOME may be a folder that holds other things too.
    made = [instances, home.environments, home.tools] if everything else [sandboxes[0].instance.root]
    for folder in made:
        if folder.exists():
            with terminal.stage(f"removing {folder}"):
                shutil.rmtree(folder)
    for folder in (instances, home.root):
        with suppress(OSError):  # not empty, or not there
            folder.rmdir()
