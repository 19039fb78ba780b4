"""The options of `sandbox terraform`."""

from __future__ import annotations

import os
import sys

import click

from sandbox.commands.terraform.chosen import Chosen
from sandbox.errors import UsageError
from sandbox.settings import REGION
from sandbox.targets import chosen as sandboxes


def confirmed(question: str, *, auto_approve: bool) -> bool:
    """Whether the user says yes; raises UsageError where there is nobody to ask."""
    if auto_approve:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm it", hint="--auto-approve goes ahead without asking")
    return str(click.prompt(f"{question} Only 'yes' goes ahead", err=True)) == "yes"


@click.group()
@click.option(
    "--target",
    type=click.Choice([*sandboxes.NAMES, "aws"]),
    envvar="CALI_TARGET",
    help=f"Where the definitions are applied.  [default: where the sandbox is up, else {sandboxes.DEFAULT}]",
)
@click.option("--environment", default="", help="On AWS: dev or prod, whose values are in terraform/environments/.")
@click.option(
    "--account-id",
    envvar="CALI_AWS_ACCOUNT_ID",
    default="",
    help="On AWS: the account; the credentials of any other are refused. A plan does without.",
)
@click.option(
    "--region",
    default=lambda: os.environ.get("CALI_AWS_REGION", REGION),
    help=f"On AWS: the region. [default: {REGION}]",
)
@click.pass_context
def terraform(context: click.Context, target: str | None, environment: str, account_id: str, region: str) -> None:
    r"""Run the real terraform on the definitions, on one target.

    \b
    Examples:
      sandbox terraform plan
      sandbox terraform --target aws plan                        # needs no account
      sandbox terraform --target aws --environment dev --account-id 123456789012 apply
    """
    context.obj = Chosen(target, environment, account_id, region)
