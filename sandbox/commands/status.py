"""`sandbox status`: what every step and every service is doing now."""

from __future__ import annotations

import click

from sandbox import views
from sandbox.commands.options import json_option, print_json, target_option
from sandbox.errors import ExitCode
from sandbox.status import Report, empty
from sandbox.targets import chosen
from sandbox.terminal import Terminal


@click.command()
@target_option
@json_option
def status(target: str | None, as_json: bool) -> int:
    """Show the ten steps with their evidence, the services, and the latency of the last alerts.

    Exits with 0 when all ten steps are ok, else with 1.
    """
    sandbox = chosen.target(target)
    report: Report = sandbox.report() if sandbox.memory.outputs else empty(sandbox.name)
    if as_json:
        print_json(report.as_json())
    else:
        views.report(Terminal().console, report)
        if report.state == "down":
            Terminal().say("\ndown; `make sandbox-up` brings it up")
    return ExitCode.DONE if report.state == "up" else ExitCode.FAILED
