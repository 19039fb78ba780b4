"""`sandbox clean`: remove all that the sandbox made."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import click

from sandbox.commands.options import target_option
from sandbox.errors import SandboxError
from sandbox.instance import Home
from sandbox.targets import chosen
from sandbox.targets.bring_up import exclusive
from sandbox.targets.target import Target
from sandbox.terminal import Terminal


@click.command()
@click.option(
    "--all", "everything", is_flag=True, help="Also what was installed under .sandbox/ (environments, tools, charts)."
)
@target_option
def clean(everything: bool, target: str | None) -> None:
    """End everything that runs and remove the sandbox's data; package caches of yours stay.

    With --all, a sandbox that cannot be ended does not keep the others; what is installed stays for it.
    """
    terminal = Terminal()
    home = Home.from_environment()
    instances = home.root / "instances"
    if everything:
        _remove_each(home, terminal)
        # Only what the sandbox makes: CALI_HOME may be a folder that holds other things too.
        for folder in (home.environments, home.tools, home.charts):
            _remove(folder, terminal)
    else:
        _end(chosen.target(target), terminal)
    for folder in (instances, home.root):
        with suppress(OSError):  # not empty, or not there
            folder.rmdir()


def _remove_each(home: Home, terminal: Terminal) -> None:
    """Remove every instance that can be; raises what the first of the others failed with."""
    failed: SandboxError | None = None
    for root in sorted((home.root / "instances").glob("*")):
        try:
            _end(chosen.of_instance(home.instance(root.name)), terminal)
        except SandboxError as error:
            failed = failed or error
    if failed:
        raise failed


def _end(sandbox: Target, terminal: Terminal) -> None:
    root = sandbox.instance.root
    if not root.exists():
        return
    with exclusive(sandbox.instance):
        with terminal.stage(f"ending {sandbox.instance.name}"):
            sandbox.stop()
        _remove(root, terminal)


def _remove(folder: Path, terminal: Terminal) -> None:
    if folder.exists():
        with terminal.stage(f"removing {folder}"):
            shutil.rmtree(folder)
