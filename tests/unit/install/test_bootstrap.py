from __future__ import annotations

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox import bootstrap


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What root asked to become, in order; every user's primary group is 7."""
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda *words, name=name: asked.append((name, *words)))
    someone = SimpleNamespace(pw_name="someone", pw_gid=7, pw_dir="/home/someone")
    monkeypatch.setattr(pwd, "getpwuid", lambda number: SimpleNamespace(pw_uid=number, **vars(someone)))
    return asked


def test_under_sudo_the_environments_are_made_by_who_called_it(
    became: list[tuple[object, ...]], tmp_path: Path
) -> None:
    owner = tmp_path.stat().st_uid
    environment = {"SUDO_UID": str(owner), "HOME": "/root"}
    bootstrap.be_the_caller(environment, tmp_path)
    assert became == [("initgroups", "someone", 7), ("setgid", 7), ("setuid", owner)]
    assert environment["HOME"] == "/home/someone"


def test_in_a_checkout_of_somebody_elses_root_stays_root(became: list[tuple[object, ...]], tmp_path: Path) -> None:
    bootstrap.be_the_caller({"SUDO_UID": str(tmp_path.stat().st_uid + 1)}, tmp_path)
    bootstrap.be_the_caller({}, tmp_path)
    assert became == []
