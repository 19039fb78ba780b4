"""`sandbox terraform bootstrap` and `summary`: what only the aws target has."""

from __future__ import annotations

import click

from sandbox.commands.terraform.chosen import DEFINITIONS, Chosen
from sandbox.errors import UsageError
from sandbox.isolation import as_user
from sandbox.terminal import Terminal
from sandbox.terraform import TerraformRun, aws, provider, summaries


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
@click.option("--write", is_flag=True, help="Write it to terraform/summaries/, to be committed.")
@click.option("--check", is_flag=True, help="Compare it with the committed one; exits with 1 when they differ.")
@click.pass_obj
def summary(chosen: Chosen, write: bool, check: bool) -> None:
    """Show what would be made on AWS, in a form for review; needs no account.

    Of every environment, unless --environment names one. The committed summaries are made by the sandbox's own
    provider, which every machine has; with CALI_TF_PROVIDER=real it is the published one's plan, as far as that knows.
    """
    if not chosen.is_aws:
        raise OnlyAwsError("summary")
    real = provider.choice() == "real"
    if real and write:
        raise UsageError("the committed summary is made by the sandbox's own provider", hint="unset CALI_TF_PROVIDER")
    terminal = Terminal(to_stderr=True)
    instance = chosen.instance()
    instance.create()
    names = [chosen.named_environment()] if chosen.environment else aws.environments(DEFINITIONS)

    def run(target: aws.OfflineTarget, variables: dict[str, str]) -> TerraformRun:
        return TerraformRun(
            target,
            state=instance.state("terraform"),
            tools=instance.home.tools,
            choice="real" if real else "own",
            notice=terminal.say,
            variables=variables,
        )

    differing: list[summaries.SummaryDiffersError] = []
    for name in names:
        text = summaries.make(run, name)
        path = summaries.path_of(DEFINITIONS, name)
        if write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            terminal.say(f"wrote {path.relative_to(DEFINITIONS.parent)}")
        elif check:
            try:
                summaries.check(path, text, exactly=not real)
            except summaries.SummaryDiffersError as error:
                click.echo(error.difference)
                differing.append(error)
        else:
            click.echo(text, nl=False)
    if differing:
        raise differing[0]
