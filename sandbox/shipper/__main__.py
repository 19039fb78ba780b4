"""`python -m sandbox.shipper`: runs what `helm-values/fluent-bit.yaml` describes."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from pathlib import Path

import click

from sandbox import jsonlog
from sandbox.definitions import fluent_bit
from sandbox.errors import SandboxError
from sandbox.shipper.counters import Counters
from sandbox.shipper.engine import Engine
from sandbox.shipper.health import serve
from sandbox.shipper.pipeline import Pipeline
from sandbox.termination import call_on_termination

log = logging.getLogger("sandbox.shipper")

#: The variable by which the values say where offsets are kept.
STATE_VARIABLE = "CALI_SHIPPER_STATE_DIR"


class StateInUseError(SandboxError):
    """Another process reads with the same offsets.

    Attributes:
        folder: The state folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another shipper uses {folder}", hint="stop it, or give this one another --state-dir")
        self.folder = folder


@click.command()
@click.option("--values", "files", multiple=True, required=True, type=click.Path(path_type=Path), help="May repeat.")
@click.option("--state-dir", required=True, type=click.Path(path_type=Path), help="Where offsets are kept.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True, help="Of the health endpoint.")
@click.option("--check", is_flag=True, help="Read the values, say what is wrong with them, and end.")
def main(files: tuple[Path, ...], state_dir: Path, host: str, port: int, check: bool) -> None:
    """Ship container logs as the values files say: the first one, then overrides as `helm -f` takes them."""
    try:
        _run(files, state_dir, host, port, check=check)
    except SandboxError as error:
        print(f"shipper: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _run(files: tuple[Path, ...], state_dir: Path, host: str, port: int, *, check: bool) -> None:
    definition = fluent_bit.load(files, {**os.environ, STATE_VARIABLE: str(state_dir.resolve())})
    state_dir.mkdir(parents=True, exist_ok=True)
    lock = _lock(state_dir)
    counters = Counters()
    pipeline = Pipeline(definition, counters)
    if check:
        return
    jsonlog.configure("shipper", logging.getLevelName(pipeline.service.log_level))
    engine = Engine(pipeline, counters)
    call_on_termination(engine.stop)
    server = serve(engine, host, port)
    log.info("started", extra={"values": [str(path) for path in files], "state": str(state_dir), "port": port})
    try:
        engine.run()
    finally:
        server.should_exit = True
        os.close(lock)


def _lock(folder: Path) -> int:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StateInUseError(folder) from error
    return descriptor


if __name__ == "__main__":
    main()
