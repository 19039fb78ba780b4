"""`sandbox terraform bootstrap` and `summary`: what only the aws target has."""

from __future__ import annotations

import click

from sandbox.commands.terraform.group import DEFINITIONS, Chosen
from sandbox.errors import UsageError
from sandbox.isolation import as_user
from sandbox.terminal import Terminal


class OnlyAwsError(UsageError):
    """The command is about AWS alone."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"terraform {verb} belongs to --target aws")


@click.command()
@click.pass_obj
def bootstrap(chosen: Chosen) -> None:
    """Make the bucket and the lock table of the state in your account; what exists gets its rules anew."""
    if not chosen.is_aws:
        raise OnlyAwsError("bootstrap")
    store = chosen.live().store(DEFINITIONS)
    if store is None:  # only a plan without an account has none
        raise OnlyAwsError("bootstrap")
    with as_user():
        made = store.bootstrap()
    terminal = Terminal()
    for thing in made or ["nothing: all was there"]:
        terminal.say(f"made {thing}")
    bucket, table = store.setting("bucket"), store.setting("dynamodb_table")
    terminal.say(f"{bucket}: versioned, encrypted, private, TLS only; {table}: locks, protected from deletion")


@click.command()
@click.pass_obj
def summary(chosen: Chosen) -> None:
    """TODO."""
