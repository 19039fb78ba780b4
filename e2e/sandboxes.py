"""Brings sandboxes up on the target that CALI_TARGET names, and sees to it that nothing of them is left."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from e2e.copied import CopiedEnginePipeline, CopiedKindPipeline, CopiedPipeline
from e2e.engine_pipeline import EnginePipeline
from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import CLEAN_S, REPOSITORY, UP_S, Pipeline


class _Classes(NamedTuple):
    """The pipelines of a target: from the checkout, and from a copy of it."""

    own: type[Pipeline]
    copied: type[CopiedPipeline]


_TARGETS = {
    "embedded": _Classes(Pipeline, CopiedPipeline),
    "containers": _Classes(EnginePipeline, CopiedEnginePipeline),
    "kind": _Classes(KindPipeline, CopiedKindPipeline),
}

_Sandbox = TypeVar("_Sandbox", bound=Pipeline)


def fresh_pipeline(**environment: str) -> Iterator[Pipeline]:
    """Bring a sandbox of a new name up, and take it away; `environment` is over the caller's own."""
    own = _chosen().own
    with _running(own(f"e2e-{secrets.token_hex(4)}", environment)) as sandbox:
        yield sandbox


@contextmanager
def copied_pipeline(folder: Path) -> Iterator[CopiedPipeline]:
    """A sandbox that runs from a copy of the checkout below `folder`; both are gone afterwards."""
    copied = _chosen().copied
    # The copy runs in the real one's environment, which whoever asks it for anything installs.
    subprocess.run([str(REPOSITORY / "bin" / "sandbox"), "--version"], check=True, capture_output=True, timeout=UP_S)
    try:
        with _running(copied.make(folder)) as sandbox:
            yield sandbox
    finally:
        shutil.rmtree(folder)


def _chosen() -> _Classes:
    """Of the target; skips the test where this machine cannot run it."""
    classes = _TARGETS[os.environ.get("CALI_TARGET", "embedded")]
    if reason := classes.own.cannot_run():
        pytest.skip(reason)
    return classes


@contextmanager
def _running(sandbox: _Sandbox) -> Iterator[_Sandbox]:
    try:
        sandbox.up()
        yield sandbox
    finally:
        sandbox.command("clean", check=False, timeout_s=CLEAN_S)
    left = sandbox.leftovers()
    assert not left, f"left of the sandbox: {left}"
    assert not sandbox.folder.exists(), f"{sandbox.folder} is left of the sandbox"
