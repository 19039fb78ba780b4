"""`sandbox terraform plan`, `apply` and `destroy`."""

from __future__ import annotations

from typing import Any

import click

from sandbox.commands.options import json_option, print_json
from sandbox.commands.terraform.chosen import Chosen
from sandbox.commands.terraform.group import confirmed
from sandbox.errors import ExitCode, UsageError
from sandbox.instance import Instance
from sandbox.terminal import Terminal
from sandbox.terraform import Plan, TerraformRun
from sandbox.terraform.aws import OfflineTarget
from sandbox.terraform.evidence import evidence
from sandbox.terraform.run import outputs_as_text

#: Options of terraform's have one dash; -h would be found within them.
_PASSED_ON = {"ignore_unknown_options": True, "help_option_names": ["--help"]}

#: What the command says itself.
_OWN = ("-out", "-json", "-input", "-chdir", "-destroy", "-auto-approve", "-detailed-exitcode", "-lock", "-state")

#: What chooses the target, before the verb. With one dash, `-target=ADDRESS` is terraform's.
_BEFORE = ("--target", "--environment", "--account-id", "--region")

_options = click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[TERRAFORM OPTIONS]...")
_auto_approve = click.option("--auto-approve", is_flag=True, help="Go ahead without asking.")


def _check(options: tuple[str, ...]) -> list[str]:
    for option in options:
        name = option.partition("=")[0]
        if name in _BEFORE:
            hint = f"it comes before the verb: sandbox terraform {name} … plan"
            raise UsageError(f"{name} cannot be given here", hint=hint)
        if not name.startswith("-") or name.replace("--", "-", 1) in _OWN:
            raise UsageError(f"{option} cannot be given to terraform here", hint="options such as -replace=ADDRESS can")
    return list(options)


def _as_json(run: TerraformRun, plan: Plan) -> dict[str, Any]:
    changes = [dict(zip(("action", "address"), text.split(" ", 1), strict=True)) for text in plan.summary.addresses]
    return {
        "target": run.target.name,
        "environment": getattr(run.target, "environment", None),
        "provider": {"source": run.nature, "proves": evidence(run.nature)},
        "add": plan.summary.add,
        "change": plan.summary.change,
        "remove": plan.summary.remove,
        "changes": changes,
    }


@click.command(context_settings=_PASSED_ON)
@click.option("--live", is_flag=True, help="On AWS: compare with what your account has, with your own credentials.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to do, as terraform does.")
@json_option
@_options
@click.pass_obj
def plan(chosen: Chosen, live: bool, detailed_exitcode: bool, as_json: bool, options: tuple[str, ...]) -> int:
    """Show what apply would do.

    For AWS it needs no account unless --live is given: it shows what would be made in an empty one.
    """
    terminal = Terminal(to_stderr=as_json)
    given = _check(options)
    target = chosen.offline() if chosen.is_aws and not live else chosen.live()
    run = chosen.run(terminal, target)
    seen = run.review(given)
    if as_json:
        print_json(_as_json(run, seen))
    else:
        click.echo(seen.text.strip())
        _say_evidence(terminal, run)
    return ExitCode.USAGE if detailed_exitcode and not seen.summary.empty else ExitCode.DONE


def _say_evidence(terminal: Terminal, run: TerraformRun) -> None:
    if isinstance(run.target, OfflineTarget):
        planned = f"{run.target.environment} from nothing, for account {run.target.account_id}, asking AWS nothing"
        terminal.say(f"\nPlanned {planned}; `sandbox terraform --target aws summary` shows it in a form for review.")
    terminal.say(f"Provider: {evidence(run.nature)}")


@click.command(context_settings=_PASSED_ON)
@_auto_approve
@json_option
@_options
@click.pass_obj
def apply(chosen: Chosen, auto_approve: bool, as_json: bool, options: tuple[str, ...]) -> int:
    """Make everything as it is defined; on AWS after showing what that means, and asking."""
    return _change(chosen, _check(options), auto_approve=auto_approve, as_json=as_json)


@click.command(context_settings=_PASSED_ON)
@_auto_approve
@json_option
@_options
@click.pass_obj
def destroy(chosen: Chosen, auto_approve: bool, as_json: bool, options: tuple[str, ...]) -> int:
    """Remove everything that is defined; on AWS after showing what that means, and asking."""
    return _change(chosen, ["-destroy", *_check(options)], auto_approve=auto_approve, as_json=as_json)


def _change(chosen: Chosen, options: list[str], *, auto_approve: bool, as_json: bool) -> int:
    terminal = Terminal(to_stderr=as_json)
    run = chosen.run(terminal)
    plans: list[Plan] = []

    def approve(plan: Plan) -> bool:
        plans.append(plan)
        click.echo(plan.text.strip(), err=as_json)
        where = f"{run.target.name}, account {chosen.account_id}" if chosen.is_aws else run.target.name
        verb = "Destroy" if "-destroy" in options else "Apply"
        # What is on this machine can be made anew in seconds, and what changes nothing needs no word.
        return plan.summary.empty or confirmed(
            f"{verb} this on {where}?", auto_approve=auto_approve or not chosen.is_aws
        )

    outputs = run.apply_reviewed(approve, options)
    if outputs is None:
        terminal.say("nothing was changed")
        return ExitCode.FAILED
    if not chosen.is_aws:
        _remember(chosen.instance(), outputs, destroyed="-destroy" in options)
    if as_json:
        print_json({**_as_json(run, plans[0]), "outputs": outputs})
    return ExitCode.DONE


def _remember(instance: Instance, outputs: dict[str, Any], *, destroyed: bool) -> None:
    """Have the next `sandbox up` see what changed."""
    memory = instance.read()
    if destroyed:
        memory.variant.pop("definitions", None)
    else:
        memory.outputs = outputs_as_text(outputs)
    instance.write(memory)
