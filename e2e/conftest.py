"""A sandbox of the tests' own: brought up once a module, taken down with nothing left."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from e2e.pipeline import REPOSITORY, Pipeline


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """A running sandbox on free ports; afterwards no process or folder of it is left."""
    yield from fresh_pipeline()


def fresh_pipeline(**environment: str) -> Iterator[Pipeline]:
    """Bring a sandbox of a new name up, and take it away."""
    sandbox = Pipeline(f"e2e-{secrets.token_hex(4)}", environment)
    try:
        sandbox.up()
        yield sandbox
    finally:
        sandbox.command("clean", check=False)
    assert not processes_of(sandbox)
    assert not instance_folder(sandbox).exists()


def home_folder() -> Path:
    """Where everything the sandbox makes is kept."""
    return Path(os.environ.get("CALI_HOME") or REPOSITORY / ".sandbox")


def instance_folder(sandbox: Pipeline) -> Path:
    """Where the sandbox keeps its state."""
    return home_folder() / "instances" / sandbox.instance


def processes_of(sandbox: Pipeline) -> list[psutil.Process]:
    """Its processes, found by the mark on them."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("CALI_SANDBOX_OWNER") == str(instance_folder(sandbox).resolve()):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
