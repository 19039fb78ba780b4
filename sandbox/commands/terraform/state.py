"""`sandbox terraform output`, `show`, `state`, `import`, `validate` and `force-unlock`."""

from __future__ import annotations

import json
from typing import Any

import click

from sandbox.commands.options import json_option, print_json
from sandbox.commands.terraform.chosen import Chosen
from sandbox.errors import UsageError
from sandbox.terminal import Terminal

_STATE = ("list", "show", "mv", "rm", "pull", "push", "replace-provider")
_PASSED_ON = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def output(chosen: Chosen, name: str | None, as_json: bool) -> None:
    """Print the outputs of the last apply, or the one called NAME; a sensitive one is shown by its name alone."""
    run = chosen.run(Terminal(to_stderr=True))
    entries = json.loads(run.plain("output", "-json"))
    values = {key: entry["value"] for key, entry in entries.items()}
    if name is not None and name not in values:
        raise UsageError(f"there is no output called {name!r}", hint=f"there is: {', '.join(values) or 'none yet'}")
    chosen_values: Any = values if name is None else values[name]
    if as_json:
        print_json(chosen_values)
    elif name is not None:
        click.echo(_text(chosen_values))
    else:
        for key, value in values.items():
            click.echo(f"{key} = {'(sensitive)' if entries[key]['sensitive'] else _text(value)}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@click.command()
@json_option
@click.pass_obj
def show(chosen: Chosen, as_json: bool) -> None:
    """Print the state: every resource as the last run found it."""
    run = chosen.run(Terminal(to_stderr=True))
    if as_json:
        print_json(run.show())
    else:
        click.echo(run.plain("show").strip())


@click.command(context_settings=_PASSED_ON)
@click.argument("verb", type=click.Choice(_STATE))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def state(chosen: Chosen, verb: str, arguments: tuple[str, ...]) -> None:
    """Look into the state, or move what is in it: `terraform state VERB`."""
    run = chosen.run(Terminal(to_stderr=True))
    click.echo(run.plain("state", verb, *arguments), nl=False)


@click.command("import", context_settings=_PASSED_ON)
@click.argument("address")
@click.argument("resource_id", metavar="ID")
@click.pass_obj
def import_(chosen: Chosen, address: str, resource_id: str) -> None:
    """Take what exists under ID into the state, as the resource ADDRESS."""
    run = chosen.run(Terminal(to_stderr=True))
    click.echo(run.plain("import", "-no-color", "-input=false", address, resource_id).strip())


@click.command()
@json_option
@click.pass_obj
def validate(chosen: Chosen, as_json: bool) -> None:
    """Check the definitions; for AWS it needs no account."""
    target = chosen.offline() if chosen.is_aws else chosen.live()
    run = chosen.run(Terminal(to_stderr=True), target)
    run.validate()
    if as_json:
        print_json({"valid": True})
    else:
        click.echo("The definitions are valid.")


@click.command("force-unlock")
@click.argument("lock_id")
@click.pass_obj
def force_unlock(chosen: Chosen, lock_id: str) -> None:
    """Break the lock LOCK_ID that a dead run left; make sure that it is dead."""
    run = chosen.run(Terminal(to_stderr=True))
    click.echo(run.force_unlock(lock_id).strip())
