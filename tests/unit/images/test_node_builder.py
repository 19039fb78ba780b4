"""The container that becomes a node's image outlives a build that is killed, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.images.inventory import clean
from sandbox.images.kind_node import KindNode
from sandbox.images.settings import Settings
from sandbox.images.shelf import Shelf
from sandbox.images.workshop import Workshop
from sandbox.terminal import Terminal

if TYPE_CHECKING:
    from .conftest import FakeEngine


@pytest.fixture
def shelf(shop: Workshop, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """After a build of the node that was killed; a node of that image runs as well."""
    found = Shelf(replace(shop, settings=Settings(source="built")), Terminal())
    monkeypatch.setattr(KindNode, "_fill", _die)
    build(found)
    assert len(engine.containers.present) == 1
    engine.containers.present["cali-dev-0-control-plane"] = found.built("kind-node").reference
    return found


def _die(self: KindNode, container: Any, show: Any) -> None:
    container.remove = lambda **_: None  # Killed, it does not come to this.
    raise InterruptedError


def build(shelf: Shelf) -> None:
    with pytest.raises(InterruptedError):
        shelf.built("kind-node").build(lambda _: None)


def test_the_next_build_takes_its_place(shelf: Shelf, engine: FakeEngine) -> None:
    build(shelf)
    assert len(engine.containers.present) == 2


def test_cleaning_removes_it_and_no_node(shelf: Shelf, engine: FakeEngine) -> None:
    clean(shelf, everything=False)
    assert list(engine.containers.present) == ["cali-dev-0-control-plane"]
