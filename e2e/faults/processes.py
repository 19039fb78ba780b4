"""The processes of a sandbox under test: which one runs a service, its death, and one started by hand."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psutil

from e2e.pipeline import Pipeline
from e2e.waiting import eventually


def specification(pipeline: Pipeline, service: str) -> dict[str, Any]:
    """What the supervisor starts for a service: argv, environment, directory."""
    return dict(json.loads((pipeline.folder / "run" / "programs" / f"{service}.json").read_text()))


def running(pipeline: Pipeline, service: str) -> psutil.Process | None:
    """The process of a service; `sandbox status` says the same, but asks every store first."""
    argv = specification(pipeline, service)["argv"]
    for process in pipeline.processes():
        with suppress(psutil.Error):
            if process.cmdline() == argv and process.status() != psutil.STATUS_ZOMBIE:
                return process
    return None


def kill(pipeline: Pipeline, service: str) -> int:
    """End the process of a service by SIGKILL, as soon as it runs; returns its pid."""
    process = eventually(lambda: running(pipeline, service), f"{service} running", within_s=30)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    return process.pid


@contextmanager
def by_hand(pipeline: Pipeline, service: str, replace: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a service outside the supervisor with some addresses in its environment replaced; then as before."""
    pipeline.command("stop", service)
    wanted = specification(pipeline, service)
    environment = dict(wanted["environment"])
    for name, value in environment.items():
        for old, new in replace.items():
            environment[name] = environment[name].replace(old, new) if old in value else environment[name]
    log = (pipeline.folder / "logs" / f"{service}-by-hand.log").open("ab")
    process = subprocess.Popen(
        wanted["argv"], env=environment, cwd=wanted["directory"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()
        pipeline.command("start", service)
