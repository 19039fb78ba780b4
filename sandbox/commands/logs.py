"""`sandbox logs`: what the parts wrote."""

from __future__ import annotations

import click

from sandbox.commands.options import target_option
from sandbox.errors import UsageError
from sandbox.targets import chosen


@click.command()
@click.argument("service", required=False)
@click.option("-f", "--follow", is_flag=True, help="Keep printing what is appended.")
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="How many of the last lines to print.",
)
@target_option
def logs(service: str | None, follow: bool, lines: int, target: str | None) -> None:
    """Print the last log lines of SERVICE, or of all of them."""
    sandbox = chosen.target(target)
    known = sandbox.log_names()
    if service and service not in known:
        names = ", ".join(known) or "none yet: the sandbox was never brought up"
        raise UsageError(f"no service called {service!r} has a log", hint=f"there is: {names}")
    width = max((len(name) for name in known), default=0)
    for name, line in sandbox.log_lines([service] if service else known, lines, follow=follow):
        click.echo(line if service else f"{name:<{width}} | {line}")
