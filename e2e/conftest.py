"""A sandbox of the tests' own on the target that CALI_TARGET names: brought up once a run, nothing of it left."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from e2e.engine_pipeline import EnginePipeline
from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import CLEAN_S, Pipeline, home_folder, owned_processes

__all__ = ["fresh_pipeline", "home_folder", "instance_folder", "processes_of"]

_PIPELINES: dict[str, type[Pipeline]] = {
    "embedded": Pipeline,
    "containers": EnginePipeline,
    "kind": KindPipeline,
}


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """A running sandbox on free ports; afterwards nothing of it is left."""
    yield from fresh_pipeline()


def fresh_pipeline(**environment: str) -> Iterator[Pipeline]:
    """Bring a sandbox of a new name up, and take it away."""
    chosen = _PIPELINES[os.environ.get("CALI_TARGET", "embedded")]
    if reason := chosen.cannot_run():
        pytest.skip(reason)
    sandbox = chosen(f"e2e-{secrets.token_hex(4)}", environment)
    try:
        sandbox.up()
        yield sandbox
    finally:
        sandbox.command("clean", check=False, timeout_s=CLEAN_S)
    assert not sandbox.leftovers()
    assert not sandbox.folder.exists()


def instance_folder(sandbox: Pipeline) -> Path:
    """Where the sandbox keeps its state."""
    return sandbox.folder


def processes_of(sandbox: Pipeline) -> list[psutil.Process]:
    """Its processes."""
    return owned_processes(sandbox.folder)
