"""Files of the instance stay its owner's, whoever runs the engine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.containers import runner
from sandbox.containers.definition import Definition
from sandbox.containers.runner import Runner
from sandbox.engine import client
from sandbox.instance import Home


class _Container:
    """Takes what a container is to be."""

    asked: dict[str, Any]

    def __init__(self, image: str, **_: object) -> None:
        self.ports: object = None

    def with_name(self, name: str) -> _Container:
        return self

    def with_envs(self, **_: str) -> _Container:
        return self

    def with_kwargs(self, **options: Any) -> None:
        type(self).asked = options

    def start(self) -> None:
        """It runs."""


class _Engine:
    """An engine that has every image and no container."""

    def __init__(self, *, rootless: bool) -> None:
        self.images = SimpleNamespace(get=lambda reference: reference)
        self.api = SimpleNamespace(create_endpoint_config=lambda **_: {})
        self._security = ["name=seccomp,profile=default", *(["name=rootless"] if rootless else [])]

    def info(self) -> dict[str, list[str]]:
        return {"SecurityOptions": self._security}


@pytest.mark.parametrize(("rootless", "user"), [(False, "1000:1000"), (True, "0:0")])
def test_what_writes_into_folders_runs_as_the_owner_of_the_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rootless: bool, user: str
) -> None:
    monkeypatch.setattr(client, "connect", lambda: _Engine(rootless=rootless))
    monkeypatch.setattr(runner, "DockerContainer", _Container)
    made = Runner(Home(tmp_path).instance("unit"))
    made._create("log-generator", Definition("cali/log-generator:0", user="1000:1000"))
    assert _Container.asked["user"] == user
    made._create("consumer", Definition("cali/consumer:0"))
    assert "user" not in _Container.asked
