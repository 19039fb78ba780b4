from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.commands.clean import clean
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


def test_what_a_newer_version_remembers_is_another_layout_and_not_a_broken_file(tmp_path: Path) -> None:
    instance = Home(tmp_path).instance("x")
    instance.create()
    (instance.root / "instance.json").write_text(json.dumps({"version": 99, "of": "a later time"}))
    with pytest.raises(LayoutVersionError, match="layout 99"):
        instance.read()


@pytest.mark.parametrize("content", ["{", "[1]", json.dumps({"version": 1, "unknown": 1})])
def test_a_broken_memory_says_how_to_mend_it_and_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setenv("CALI_HOME", str(tmp_path))
    instance = Home(tmp_path).instance("x")
    instance.create()
    file = instance.root / "instance.json"
    file.write_text(content)
    with pytest.raises(SandboxError, match="remove that file; then `sandbox clean`"):
        instance.read()
    file.unlink()
    CliRunner().invoke(clean, env={"CALI_INSTANCE": "x"}, catch_exceptions=False)
    assert not instance.root.exists()


def test_all_that_was_fetched_goes_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALI_HOME", str(tmp_path / "home"))
    home = Home.from_environment()
    for folder in (home.environments, home.tools, home.charts):
        folder.mkdir(parents=True)
        (folder / "file").touch()
    CliRunner().invoke(clean, ["--all"], catch_exceptions=False)
    assert not home.root.exists()


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
