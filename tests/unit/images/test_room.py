"""A first build of everything takes many gigabytes, in the engine and in Go's caches: told before, not in the midst."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sandbox.images import room
from sandbox.images.artefact import Artefact, order
from sandbox.images.catalogue import BUILDABLE
from sandbox.images.program import version
from sandbox.images.settings import Settings
from sandbox.images.shelf import Shelf
from sandbox.images.workshop import Workshop
from sandbox.install.prerequisites import MissingError
from sandbox.terminal import Terminal

if TYPE_CHECKING:
    from .conftest import FakeEngine


@pytest.fixture
def cold(shop: Workshop, tmp_path: Path) -> Workshop:
    """Without any cache of Go's."""
    caches = {"GOCACHE": str(tmp_path / "objects"), "GOMODCACHE": str(tmp_path / "modules")}
    return replace(shop, settings=Settings(source="built"), environment=caches)


def everything(shop: Workshop) -> list[Artefact]:
    return order(Shelf(shop, Terminal()).choose(name) for name in BUILDABLE)


def free(monkeypatch: pytest.MonkeyPatch, gib: float) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=gib * 2**30))


def test_a_first_build_of_everything_asks_for_what_it_was_measured_to_take(
    cold: Workshop, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.root = str(tmp_path)
    free(monkeypatch, 14)
    with pytest.raises(MissingError, match=r"14\.0 GiB free of the 1[5-7]\.\d GiB"):
        room.check(cold, everything(cold))
    free(monkeypatch, 17)
    room.check(cold, everything(cold))


def test_an_engine_elsewhere_has_its_own_disk(cold: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 11)
    room.check(cold, everything(cold))


def test_what_go_has_compiled_before_takes_little(
    cold: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 3)
    with pytest.raises(MissingError):
        room.check(cold, everything(cold))
    (tmp_path / "modules" / f"k8s.io/kubernetes@{version('kubernetes', 'k8s.io/kubernetes')}").mkdir(parents=True)
    room.check(cold, everything(cold))


def test_no_build_begins_without_room(cold: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 0.1)
    monkeypatch.setenv("PATH", "")
    shelf = Shelf(cold, Terminal())
    with pytest.raises(MissingError, match=r"free of the \d+\.\d GiB \(needed to make \d+ images and programs\)"):
        shelf.make([shelf.choose("metrics-server")])
