"""`sandbox send`: put log lines of your own in."""

from __future__ import annotations

import json
import re
from typing import BinaryIO

import click

from sandbox import sending
from sandbox.commands.options import brought_up, target_option
from sandbox.errors import UsageError
from sandbox.record import RecordReference

_SERVICE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--service", default="sandbox-send", show_default=True, help="The container the lines come from.")
@target_option
def send(file: BinaryIO, service: str, target: str | None) -> None:
    r"""Append the raw log lines of FILE (default: standard input) to what the shipper tails.

    Prints one JSON line for each, with the record_id that `sandbox trace` takes. The lines of a stack trace are one
    record and share its id.

    \b
    Example:
      echo '{"level":"ERROR","service":"checkout","message":"disk full"}' | sandbox send
    """
    sandbox = brought_up(target)
    if not _SERVICE.fullmatch(service):
        raise UsageError(f"--service is {service!r}", hint="a container's name has lower-case letters, digits and -")
    starts = sandbox.record_starts()
    path = sending.container_log(sandbox.instance.containers, service=service)
    record: RecordReference | None = None
    for line, reference in sending.append(path, (line for raw in file if (line := raw.rstrip(b"\r\n")))):
        # A line that carries on the record before it is found by that record's id.
        begins = starts.begins(line.decode(errors="replace"))
        record = reference if begins or record is None else record
        click.echo(json.dumps({"record_id": record.record_id, **vars(record)}))
