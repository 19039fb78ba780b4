"""What a node wrote as root is removed, whoever removes it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from docker.errors import ImageNotFound

from sandbox.cluster import folders
from sandbox.cluster.folders import ForeignFilesError
from sandbox.containers.runner import OWNER_LABEL, Runner
from sandbox.instance import Home


class FakeEngine:
    """An engine with one image, or none; what runs in it is root."""

    def __init__(self, *images: str) -> None:
        self.known = images
        self.ran: list[dict[str, Any]] = []
        self.images = self.containers = self

    def get(self, image: str) -> None:
        if image not in self.known:
            raise ImageNotFound(image)

    def run(self, image: str, **options: Any) -> None:
        self.ran.append({"image": image, **options})


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    instance = Home(tmp_path).instance("unit")
    instance.create()
    pod = instance.root / "pods" / "cali_consumer"
    pod.mkdir(parents=True)
    (pod / "0.log").touch()
    (instance.containers / "consumer.log").symlink_to("/var/log/pods/cali_consumer/0.log")
    runner = Runner(instance)
    runner._engine = FakeEngine("node:1")  # type: ignore[assignment]
    return runner


def _folders(runner: Runner) -> list[Path]:
    return [runner.instance.containers, runner.instance.root / "pods", runner.instance.root / "not-there"]


def test_what_is_ours_takes_no_container(runner: Runner) -> None:
    folders.empty(runner, _folders(runner), "node:1")
    engine: Any = runner.engine
    assert not engine.ran
    assert not list(runner.instance.containers.iterdir())
    assert not list((runner.instance.root / "pods").iterdir())


def test_what_is_roots_is_removed_by_a_container(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)  # As for whoever may not.
    folders.empty(runner, _folders(runner), "node:1")
    engine: Any = runner.engine
    [ran] = engine.ran
    assert ran["image"] == "node:1"
    assert list(ran["volumes"]) == [str(runner.instance.root / "pods")]
    assert ran["entrypoint"][0] == "find"
    assert (ran["user"], ran["remove"], ran["network_mode"]) == ("0:0", True, "none")
    assert ran["labels"] == {OWNER_LABEL: runner.owner}


def test_without_an_image_it_is_told_and_none_is_pulled(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(ForeignFilesError, match="files of root") as caught:
        folders.empty(runner, _folders(runner), "")
    assert str(runner.instance.root / "pods") in caught.value.hint
    engine: Any = runner.engine
    assert not engine.ran
