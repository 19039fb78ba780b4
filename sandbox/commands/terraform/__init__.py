"""`sandbox terraform`: the definitions on one target, for people and for CI."""

from __future__ import annotations

from sandbox.commands.terraform.aws import bootstrap, summary
from sandbox.commands.terraform.changes import apply, destroy, plan
from sandbox.commands.terraform.group import terraform
from sandbox.commands.terraform.state import force_unlock, import_, output, show, state, validate

for command in (plan, apply, destroy, output, show, state, import_, validate, force_unlock, bootstrap, summary):
    terraform.add_command(command)

__all__ = ["terraform"]
