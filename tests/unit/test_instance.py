from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.errors import SandboxError, UsageError
from sandbox.instance import Home, LayoutVersionError, Memory


def test_memory_is_read_back(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("x")
    instance.create()
    instance.write(Memory(target="embedded", ports={"aws": 1}))
    assert instance.read().ports == {"aws": 1}
    assert instance.root.stat().st_mode & 0o077 == 0


def test_another_layout_is_refused_in_one_line(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("x")
    instance.create()
    (instance.root / "instance.json").write_text(json.dumps({"version": 99}))
    with pytest.raises(LayoutVersionError, match="layout 99"):
        instance.check_version()


def test_a_broken_memory_says_how_to_mend_it(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("x")
    instance.create()
    (instance.root / "instance.json").write_text("{")
    with pytest.raises(SandboxError, match="sandbox clean"):
        instance.read()


@pytest.mark.parametrize("name", ["../x", "a/b", "a b"])
def test_an_instance_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Home(tmp_path).instance(name)


def test_nothing_is_made_outside_the_home(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("x")
    instance.create()
    assert not instance.socket.parent.exists()


def test_the_socket_path_fits_however_deep_the_home(tmp_path: Path) -> None:
    instance = Home(tmp_path / ("deep" * 40)).instance("x")
    assert len(str(instance.socket)) < 100
