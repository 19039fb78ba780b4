"""`sandbox iam`: what each role may do, and what it did."""

from __future__ import annotations

import click

from sandbox import views
from sandbox.commands.options import brought_up, json_option, print_json, target_option
from sandbox.iam import decisions, grants, usage
from sandbox.services.identity import Identity
from sandbox.stores import StoreError, StoreFault
from sandbox.terminal import Terminal


@click.command()
@target_option
@json_option
def iam(target: str | None, as_json: bool) -> None:
    """Show each role's granted actions: used, unused, refused, or decided by no emulator.

    Counts are the emulator's own decisions since the sandbox was made. An emulator that enforces no IAM decides
    nothing, and the command says so.
    """
    sandbox = brought_up(target)
    stores = sandbox.stores()
    # Roles are handed out where they count.
    enforced = Identity.name in sandbox.servers
    try:
        roles = grants.roles(stores.iam)
    except StoreFault as error:
        raise StoreError("IAM", error) from error
    decided = decisions.read(stores.decisions) if enforced and stores.decisions else []
    found = usage.report(roles, decided)
    if as_json:
        print_json(usage.as_json(found, enforced=enforced))
        return
    terminal = Terminal()
    views.iam(terminal.console, found)
    if not enforced:
        terminal.say(
            "\nthe emulator of this sandbox enforces no IAM: every part runs under any key, nothing is decided"
        )
