"""An image that is built for real: from Go's module proxy to a container that runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import docker
import pytest
from docker.errors import NotFound

from sandbox.engine.client import EngineMissingError, connect
from sandbox.images.image import LABEL, Image
from sandbox.images.settings import Settings
from sandbox.images.shelf import Shelf
from sandbox.instance import Home
from sandbox.terminal import Terminal

pytestmark = pytest.mark.containers


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    try:
        client = connect()
    except EngineMissingError as error:
        pytest.skip(str(error))
    yield client
    client.close()


@pytest.fixture
def shelf(tmp_path: Path, engine: docker.DockerClient) -> Shelf:
    if shutil.which("go") is None:
        pytest.skip("go is not on PATH: install Go 1.21 or newer")
    found = Shelf.of(Home(tmp_path), Terminal())
    # A lock of its own: a long build of the user's must not hold up the test, nor the other way round.
    return Shelf(replace(found.shop, settings=Settings(source="built"), lock=tmp_path / "lock"), Terminal())


@pytest.fixture
def pause(shelf: Shelf, engine: docker.DockerClient) -> Iterator[Image]:
    image = shelf.recipes.cluster.pause
    was_there = image.exists()
    yield image
    if not was_there:
        with suppress(NotFound):
            engine.images.remove(image.reference, force=True)


def test_a_program_becomes_an_image_that_runs_and_ends_when_told(
    shelf: Shelf, pause: Image, engine: docker.DockerClient
) -> None:
    shelf.make([pause])
    assert engine.images.get(pause.reference).labels[LABEL] == "pause"
    container = engine.containers.run(pause.reference, detach=True, network_mode="none", labels={LABEL: "test"})
    try:
        container.reload()
        assert container.status == "running"
        container.stop(timeout=20)
        assert container.wait()["StatusCode"] == 0
    finally:
        container.remove(force=True)


def test_an_image_that_is_there_is_not_built_again(shelf: Shelf, pause: Image) -> None:
    shelf.make([pause])
    assert shelf.make([pause]) == []


def test_an_image_that_went_is_made_from_the_program_that_stayed(
    shelf: Shelf, pause: Image, engine: docker.DockerClient
) -> None:
    shelf.make([*pause.needs, pause])
    engine.images.remove(pause.reference, force=True)
    assert [made.name for made in shelf.make([pause])] == ["pause"]
