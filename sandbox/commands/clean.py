"""`sandbox clean`: remove all that the sandbox made."""

from __future__ import annotations

import shutil
from contextlib import suppress

import click

from sandbox.instance import Home
from sandbox.targets.embedded import Embedded
from sandbox.terminal import Terminal


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Also what was installed under .sandbox/ (environments, tools)."
)
def clean(everything: bool) -> None:
    """End every process and remove the sandbox's data; package caches of yours stay."""
    terminal = Terminal()
    home = Home.from_environment()
    instances = home.root / "instances"
    named = home.instance()
    chosen = [home.instance(root.name) for root in sorted(instances.glob("*"))] if everything else [named]
    with terminal.stage("ending every process"):
        for instance in chosen:
            if instance.root.exists():
                Embedded(instance).stop()
    # Only what the sandbox makes: CALI_HOME may be a folder that holds other things too.
    made = [instances, home.environments, home.tools] if everything else [named.root]
    for folder in made:
        if folder.exists():
            with terminal.stage(f"removing {folder}"):
                shutil.rmtree(folder)
    for folder in (instances, home.root):
        with suppress(OSError):  # not empty, or not there
            folder.rmdir()
