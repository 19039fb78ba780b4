"""`sandbox logs`: what the parts wrote."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

import click

from sandbox.errors import UsageError
from sandbox.instance import Home


@click.command()
@click.argument("service", required=False)
@click.option("-f", "--follow", is_flag=True, help="Keep printing what is appended.")
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="How many of the last lines to print.",
)
def logs(service: str | None, follow: bool, lines: int) -> None:
    """Print the last log lines of SERVICE, or of all of them."""
    folder = Home.from_environment().instance().logs
    known = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if service and service not in known:
        names = ", ".join(known) or "none yet: the sandbox was never brought up"
        raise UsageError(f"no service called {service!r} has a log", hint=f"there is: {names}")
    chosen = {service: known[service]} if service else known
    width = max((len(name) for name in chosen), default=0)
    offsets = {}
    for name, path in chosen.items():
        offsets[name] = path.stat().st_size
        with path.open(errors="replace") as file:
            for line in deque(file, maxlen=lines):
                _print(name if not service else None, width, line)
    while follow:
        for name, path in chosen.items():
            offsets[name] = _print_new(path, offsets[name], name if not service else None, width)
        time.sleep(0.2)


def _print_new(path: Path, offset: int, name: str | None, width: int) -> int:
    size = path.stat().st_size if path.exists() else 0
    if size < offset:  # rotated
        offset = 0
    if size == offset:
        return offset
    with path.open("rb") as file:
        file.seek(offset)
        # Only whole lines: the rest of one comes with the next look.
        whole = file.read().rpartition(b"\n")
    for line in whole[0].decode(errors="replace").splitlines():
        _print(name, width, line)
    return offset + len(whole[0]) + len(whole[1])


def _print(name: str | None, width: int, line: str) -> None:
    prefix = f"{name:<{width}} | " if name else ""
    click.echo(prefix + line.rstrip("\n"))
