"""`sandbox doctor`: is everything there that the sandbox needs?"""

from __future__ import annotations

import click

from sandbox import views
from sandbox.commands.options import json_option, print_json, target_option
from sandbox.doctor import checks
from sandbox.errors import ExitCode
from sandbox.instance import Home
from sandbox.targets import chosen
from sandbox.terminal import Terminal


@click.command()
@target_option
@json_option
def doctor(target: str | None, as_json: bool) -> int:
    """Check the machine: what is there, what is missing, what it is for, and how to mend it."""
    sandbox = chosen.target(target)
    found = checks.run(Home.from_environment(), sandbox.name, sandbox.emulator)
    if as_json:
        print_json([vars(check) for check in found])
    else:
        views.checks(Terminal().console, found)
    return ExitCode.DONE if all(check.ok for check in found) else ExitCode.PREREQUISITE
