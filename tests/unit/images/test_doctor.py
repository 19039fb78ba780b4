"""`sandbox doctor` for the targets with containers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sandbox.commands.doctor import doctor
from sandbox.containers.part import ContainerPart
from sandbox.containers.workloads import Shipper
from sandbox.doctor import containers as container_checks
from sandbox.doctor.look import Check
from sandbox.engine import client
from sandbox.errors import ExitCode
from sandbox.images.catalogue import CATALOGUE
from sandbox.images.shelf import Shelf
from sandbox.images.workshop import Workshop
from sandbox.instance import Home
from sandbox.targets import containerized, containers, kind
from sandbox.terminal import Terminal

if TYPE_CHECKING:
    from .conftest import FakeEngine


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def shelf(shop: Workshop, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    class Answering:
        def close(self) -> None:
            """As a client has it."""

    monkeypatch.setattr(client, "connect", Answering)
    monkeypatch.setattr(Shelf, "of", lambda _home, terminal: Shelf(shop, terminal))
    return Shelf(shop, Terminal())


def look(home: Path) -> dict[str, Check]:
    names = container_checks.PLAIN | container_checks.CLUSTER
    return {check.name: check for check in container_checks.run(Home(home), names)}


def put(folder: Path, *programs: str) -> None:
    for name in programs:
        (folder / name).touch(mode=0o755)


def test_without_an_engine_the_answer_for_kind_is_no(path: Path, tmp_path: Path) -> None:
    environment = {"CALI_HOME": str(tmp_path), "CALI_TARGET": "kind", "DOCKER_HOST": f"unix://{path}/none"}
    answer = CliRunner().invoke(doctor, ["--json"], env=environment, standalone_mode=False)
    found: dict[str, dict[str, Any]] = {check["name"]: check for check in json.loads(answer.stdout)}
    assert answer.return_value == ExitCode.PREREQUISITE
    missing = {name for name, check in found.items() if not check["ok"]}
    assert missing == {"terraform", "docker", "kind", "engine"}
    assert all(found[name]["remedy"] for name in missing)


def test_a_kind_that_works_or_go_will_do(path: Path) -> None:
    put(path, "go")
    assert [check.name for check in container_checks.programs() if check.ok] == ["kind"]
    (path / "go").unlink()
    put(path, "kind", "docker")
    assert [check.name for check in container_checks.programs() if check.ok] == ["docker"]
    (path / "kind").write_text("#!/bin/sh\necho kind v100.0.0 go1 linux/amd64\n")
    assert all(check.ok for check in container_checks.programs())


def test_what_no_registry_has_needs_the_tools_that_build(
    shelf: Shelf, engine: FakeEngine, path: Path, tmp_path: Path
) -> None:
    engine.images.reached = False
    found = look(tmp_path)
    assert "builds" in found["images"].found
    assert not found["mmdebstrap"].ok
    assert not found["go"].ok
    put(path, "go", "mmdebstrap")
    assert all(check.ok for check in look(tmp_path).values())


def test_nothing_is_asked_for_where_every_image_is_here(shelf: Shelf, engine: FakeEngine, tmp_path: Path) -> None:
    engine.images.present = {entry.published for entry in CATALOGUE.values() if entry.published}
    for name in CATALOGUE:
        engine.images.present.add(shelf.choose(name).reference)
    assert list(look(tmp_path)) == ["engine", "images"]


def test_an_image_that_cannot_be_had_is_one_line(
    shop: Workshop, shelf: Shelf, engine: FakeEngine, tmp_path: Path
) -> None:
    object.__setattr__(shop, "settings", type(shop.settings)(source="published"))
    engine.images.reached = False
    assert not look(tmp_path)["images"].ok


def test_the_images_are_those_that_the_targets_run() -> None:
    parts: list[type[ContainerPart]] = [*containerized._SERVERS, Shipper, *containers._WORKLOADS]
    assert {part.image_name for part in parts} == container_checks.PLAIN
    clustered = {*(part.image_name for part in containerized._SERVERS), *kind._DEPLOYED, kind._NODE}
    assert clustered == container_checks.PLAIN | container_checks.CLUSTER
    emulators = {name: part.image_name for name, part in containerized._EMULATORS.items()}
    assert emulators.items() <= {name: name for name in CATALOGUE}.items()
