"""`sandbox send`: put log lines of your own in."""

from __future__ import annotations

import json
from typing import BinaryIO

import click

from sandbox import sending
from sandbox.commands.options import brought_up


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--service", default="sandbox-send", show_default=True, help="The container the lines come from.")
def send(file: BinaryIO, service: str) -> None:
    r"""Append the raw log lines of FILE (default: standard input) to what the shipper tails.

    Prints one JSON line for each, with the record_id that `sandbox trace` takes.

    \b
    Example:
      echo '{"level":"ERROR","service":"checkout","message":"disk full"}' | sandbox send
    """
    target = brought_up()
    path = sending.container_log(target.instance.containers, service=service)
    lines = (line.rstrip(b"\r\n") for line in file)
    for reference in sending.append(path, (line for line in lines if line)):
        line = {
            "record_id": reference.record_id,
            "log_file": reference.log_file,
            "time": reference.time,
            "first_line": reference.first_line,
        }
        click.echo(json.dumps(line))
