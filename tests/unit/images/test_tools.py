"""Which command-line tools of the user's will do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.images.errors import ToolMissingError
from sandbox.images.program import version
from sandbox.images.tools import tool
from sandbox.instance import Home
from sandbox.terminal import Terminal

WANTED = version("kind", "sigs.k8s.io/kind")


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a program on PATH that prints what it is told to; there is no Go, and nobody else builds."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, says: str) -> Path:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return program

    return put


@pytest.mark.parametrize("says", [WANTED, "v0.100.0", "v1.0.0-alpha+0123"])
def test_a_kind_as_new_as_the_node_is_taken(on_path: Callable[[str, str], Path], tmp_path: Path, says: str) -> None:
    found = on_path("kind", f"kind {says} go1.26.0 linux/amd64")
    assert tool("kind", Terminal(), Home(tmp_path)) == found


@pytest.mark.parametrize("says", ["kind v0.9.0 go1.26.0 linux/amd64", "kind (devel)"])
def test_an_older_kind_is_not_and_without_go_that_is_one_line(
    on_path: Callable[[str, str], Path], tmp_path: Path, says: str
) -> None:
    on_path("kind", says)
    with pytest.raises(ToolMissingError) as missing:
        tool("kind", Terminal(), Home(tmp_path))
    line = str(missing.value)
    assert "go is not on PATH" in line
    assert f"{' '.join(says.split()[:2])}, and the node needs {WANTED} or newer" in line
    assert "\n" not in line


def test_where_go_is_ours_takes_the_place_of_an_older_kind(
    on_path: Callable[[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.environ["PATH"]
    yours = on_path("kind", "kind v0.9.0 go1.26.0 linux/amd64")
    on_path("go", "").write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n: > "$2"\n')
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    ours = tool("kind", Terminal(), Home(tmp_path))
    assert ours.is_file()
    assert ours != yours


def test_of_other_tools_any_version_does(on_path: Callable[[str, str], Path], tmp_path: Path) -> None:
    found = on_path("helm", "v3.0.0")
    assert tool("helm", Terminal(), Home(tmp_path)) == found
