"""Finds a Python of a given version on this machine, for the one tool that does not run on every Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

Version = tuple[int, int]


def find(version: Version, environment: Mapping[str, str] = os.environ, this: str | None = None) -> Path | None:
    """A Python `version` that runs: this one, one on PATH, or one of pyenv's or uv's; None when there is none.

    Args:
        version: Major and minor.
        environment: Names PATH and the folders of pyenv and uv.
        this: A Python that goes before those; by default the one this process's environment was made with.
    """
    own = Path(this or Path(sys.base_prefix) / "bin" / f"python{version[0]}.{version[1]}")
    for program in (own, *_candidates(version, environment)):
        if program.is_file() and _version(program) == version:
            return program
    return None


def _candidates(version: Version, environment: Mapping[str, str]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    for folder in environment.get("PATH", "").split(os.pathsep):
        if folder:
            yield Path(folder) / name
    home = Path(environment.get("HOME") or Path.home())
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    # A pyenv program on PATH only forwards to the versions that are switched on, so its folder is looked through too.
    yield from _newest(Path(environment.get("PYENV_ROOT") or home / ".pyenv") / "versions", version, name)
    yield from _newest(Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python"), version, name)


def _newest(folder: Path, version: Version, name: str) -> list[Path]:
    return sorted(folder.glob(f"*{version[0]}.{version[1]}.*/bin/{name}"), reverse=True)


def _version(program: Path) -> Version | None:
    """What `program` says it is; None when it does not run or cannot make environments."""
    question = "import sys, venv; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [program, "-I", "-c", question], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    return (int(words[0]), int(words[1])) if answer.returncode == 0 and len(words) == 2 else None
