"""`sandbox up`: bring everything up and prove it."""

from __future__ import annotations

import time
from contextlib import suppress

import click

from sandbox import views
from sandbox.commands.options import emulator_option, json_option, print_json, target_option
from sandbox.errors import SandboxError
from sandbox.targets import chosen
from sandbox.targets.bring_up import bring_up, exclusive
from sandbox.terminal import Terminal

_STILL_RUNS = "what was started still runs: `sandbox up` goes on with it, `sandbox down` ends it"


@click.command()
@target_option
@emulator_option
@json_option
def up(target: str | None, emulator: str | None, as_json: bool) -> None:
    """Bring the sandbox up: done when one record has passed all ten steps.

    Installs what is missing, starts every part, applies terraform/, and sends one error of its own through the
    pipeline. Run again, it changes nothing unless a definition changed or a part is down.
    CALI_PORT_<SERVICE> asks for a port; without it a taken default moves to the next free one.
    """
    terminal = Terminal(to_stderr=as_json)
    begun = time.monotonic()
    sandbox = chosen.target(target)
    with exclusive(sandbox.instance):
        sandbox = chosen.target(target)
        sandbox.choose_emulator(emulator)
        if sandbox.is_up_to_date():
            report = sandbox.report()
            terminal.say("already up; nothing changed")
        else:
            try:
                bring_up(sandbox, terminal)
            except BaseException:
                with suppress(SandboxError):  # What stopped it may keep it from being asked, too.
                    if sandbox.is_running():
                        terminal.say(_STILL_RUNS)
                raise
            report = sandbox.report()
    if as_json:
        print_json(report.as_json())
        return
    terminal.say("")
    views.report(terminal.console, report)
    terminal.say(f"\n{report.state} after {time.monotonic() - begun:.1f} s; alerts: {sandbox.address('slack')}/")
