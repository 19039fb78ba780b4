"""Finding another Python on the machine."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox.install import interpreters


def _program(path: Path, says: str) -> Path:
    """A program that answers like a Python, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return path


def _find(tmp_path: Path) -> Path | None:
    environment = {"PATH": f"{tmp_path / 'bin'}:", "HOME": str(tmp_path)}
    return interpreters.find((3, 13), environment, this=str(tmp_path / "none"))


def test_one_on_path_is_found(tmp_path: Path) -> None:
    expected = _program(tmp_path / "bin" / "python3.13", "echo 3 13")
    assert _find(tmp_path) == expected


def test_a_forwarder_without_a_version_behind_it_gives_way_to_pyenvs_own(tmp_path: Path) -> None:
    _program(tmp_path / "bin" / "python3.13", "exit 127")
    _program(tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin" / "python3.13", "echo 3 13")
    newest = _program(tmp_path / ".pyenv" / "versions" / "3.13.1" / "bin" / "python3.13", "echo 3 13")
    assert _find(tmp_path) == newest


def test_one_of_uv_is_found(tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "share" / "uv" / "python" / "cpython-3.13.4-linux-x86_64-gnu" / "bin"
    assert _program(folder / "python3.13", "echo 3 13") == _find(tmp_path)


def test_one_that_says_it_is_another_is_not_taken(tmp_path: Path) -> None:
    _program(tmp_path / "bin" / "python3.13", "echo 3 12")
    assert _find(tmp_path) is None


def test_the_one_that_runs_this_is_found_first() -> None:
    assert interpreters.find(sys.version_info[:2], {}) is not None
