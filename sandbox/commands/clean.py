"""`sandbox clean`: remove all that the sandbox made."""

from __future__ import annotations

import shutil

import click

from sandbox.errors import SandboxError
from sandbox.instance import Home
from sandbox.supervision import Supervisor
from sandbox.terminal import Terminal


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Also what was installed under .sandbox/ (environments, tools)."
)
def clean(everything: bool) -> None:
    """End every process and remove the sandbox's data; package caches of yours stay."""
    terminal = Terminal()
    home = Home.from_environment()
    if everything and home.root.exists() and not (home.root / "instances").exists() and any(home.root.iterdir()):
        known = {"envs", "tools"}
        if strangers := sorted(p.name for p in home.root.iterdir() if p.name not in known):
            raise SandboxError(
                f"{home.root} holds {strangers[0]}, which the sandbox did not make", hint="check CALI_HOME"
            )
    with terminal.stage("ending every process"):
        for root in sorted((home.root / "instances").glob("*")) if everything else [home.instance().root]:
            if root.exists():
                Supervisor(home.instance(root.name)).stop()
    removed = home.root if everything else home.instance().root
    with terminal.stage(f"removing {removed}"):
        shutil.rmtree(removed, ignore_errors=True)
