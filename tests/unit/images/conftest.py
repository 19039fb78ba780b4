from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound, NotFound

from sandbox.images.settings import Settings
from sandbox.images.workshop import Workshop
from sandbox.instance import Home


class FakeImages:
    """The engine's images, and the registry behind them."""

    def __init__(self) -> None:
        self.present: set[str] = set()
        self.in_registry: set[str] = set()
        self.asked: list[str] = []
        self.reached = True
        self.pruned: Mapping[str, object] = {}

    def get(self, reference: str) -> Any:
        if reference not in self.present:
            raise ImageNotFound(reference)
        return SimpleNamespace(attrs={"Size": 1}, tags=[reference])

    def get_registry_data(self, reference: str) -> None:
        self.asked.append(reference)
        if not self.reached:
            raise APIError("no such host", response=SimpleNamespace(status_code=500), explanation="no such host")  # type: ignore[arg-type]
        if reference not in self.in_registry:
            raise APIError("not found", response=SimpleNamespace(status_code=404), explanation="not found")  # type: ignore[arg-type]

    def pull(self, repository: str, tag: str, platform: str) -> None:
        self.present.add(f"{repository}:{tag}")

    def list(self, filters: Mapping[str, str]) -> list[Any]:
        return [SimpleNamespace(tags=[reference]) for reference in sorted(self.present)]

    def prune(self, filters: Mapping[str, object]) -> None:
        self.pruned = filters

    def remove(self, reference: str) -> None:
        self.present.remove(reference)


class FakeContainers:
    """The engine's containers, by name; as in an engine, a name is there once."""

    def __init__(self) -> None:
        self.present: dict[str, str] = {}

    def get(self, name: str) -> Any:
        if name not in self.present:
            raise NotFound(name)
        return SimpleNamespace(remove=lambda **_: self.present.pop(name))

    def run(self, image: str, name: str, **_: object) -> Any:
        if name in self.present:
            raise APIError("the name is in use")
        self.present[name] = image
        return self.get(name)


class FakeEngine:
    def __init__(self) -> None:
        self.images = FakeImages()
        self.containers = FakeContainers()
        self.api = SimpleNamespace(timeout=60)
        self.root = "/on/another/machine"

    def version(self) -> dict[str, str]:
        return {"Arch": "amd64"}

    def info(self) -> dict[str, str]:
        return {"DockerRootDir": self.root}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def shop(tmp_path: Path, engine: FakeEngine) -> Workshop:
    return Workshop(
        Home(tmp_path),
        Settings(),
        {},
        connect=lambda: engine,  # type: ignore[arg-type, return-value]
        lock=tmp_path / "lock",
    )
