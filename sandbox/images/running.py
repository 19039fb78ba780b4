"""Runs the tools that build: gently, with all they print in the artefact's log."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.images.errors import BuildError, ToolMissingError

#: A build gives way to whatever else runs on the machine.
_NICENESS = "5"
_REASON_CHARACTERS = 300


def require(program: str, purpose: str, remedy: str) -> None:
    """Raise ToolMissingError unless `program` is on PATH."""
    if shutil.which(program) is None:
        raise ToolMissingError(program, purpose, remedy)


def run(
    name: str, argv: Sequence[str], log: Path, *, environment: Mapping[str, str], directory: Path | None = None
) -> None:
    """Run one tool; raises BuildError with the last line it printed."""
    with log.open("a") as file:
        file.write(f"$ {' '.join(argv)}\n")
        file.flush()
        begin = file.tell()
        answer = subprocess.run(
            ["nice", "-n", _NICENESS, *argv],
            env=dict(environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            close_fds=False,  # The lock of the build goes along: what outlives us must not write beside the next one.
            check=False,
        )
    if answer.returncode == 0:
        return
    with log.open("rb") as output:
        output.seek(begin)
        lines = [line.strip() for line in output.read().decode(errors="replace").splitlines() if line.strip()]
    reason = lines[-1] if lines else f"exit code {answer.returncode}"
    raise BuildError(name, reason[:_REASON_CHARACTERS], log)
