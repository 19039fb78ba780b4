"""`sandbox trace`: one record through the ten steps."""

from __future__ import annotations

import click

from sandbox import views
from sandbox.commands.options import brought_up, json_option, print_json, target_option
from sandbox.errors import ExitCode
from sandbox.terminal import Terminal
from sandbox.tracing import follow


@click.command()
@click.argument("record_id")
@click.option("--wait", "wait_s", default=0.0, help="Seconds to wait until the record is through; 0 looks once.")
@target_option
@json_option
def trace(record_id: str, wait_s: float, target: str | None, as_json: bool) -> int:
    """Show where the record RECORD_ID (printed by `sandbox send`, shown in every alert) has been.

    Exits with 0 when every step is ok or skipped, else with 1.
    """
    seen = follow(brought_up(target).stores(), record_id, patience_s=wait_s)
    if as_json:
        print_json(seen.as_json())
    else:
        views.trace(Terminal().console, seen)
    return ExitCode.DONE if all(step.state in ("ok", "skipped") for step in seen.steps) else ExitCode.FAILED
