"""What the engine refuses, and what it must not be asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound, NotFound
from requests.exceptions import ConnectionError as Gone

from sandbox.containers import runner
from sandbox.containers.definition import Definition
from sandbox.containers.faults import ContainerError
from sandbox.containers.runner import Runner
from sandbox.engine import client
from sandbox.instance import Home


class _Container:
    status = "exited"

    def __init__(self, definition: Definition) -> None:
        self.labels = {runner.DIGEST_LABEL: definition.digest}

    def start(self) -> None:
        raise APIError("refused", explanation="port is already allocated")

    def stop(self, timeout: int) -> None:
        raise APIError("refused", explanation=f"not within {timeout} s")


class _Engine:
    """An engine without images, with one container or none."""

    def __init__(self, container: _Container | None = None) -> None:
        self.container = container
        self.containers = self.images = self

    def get(self, name: str) -> Any:
        if name.startswith("cali/"):
            raise ImageNotFound("no such image")
        if self.container is None:
            raise NotFound("no such container")
        return self.container


DEFINITION = Definition("cali/milvus-lite:0123")


def _runner(folder: Path, monkeypatch: pytest.MonkeyPatch, container: _Container | None = None) -> Runner:
    monkeypatch.setattr(client, "connect", lambda: _Engine(container))
    return Runner(Home(folder).instance("unit"))


def test_an_image_that_is_gone_is_not_looked_for_in_a_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContainerError, match="could not start milvus: cali/milvus-lite:0123 is gone") as caught:
        _runner(tmp_path, monkeypatch).run("milvus", DEFINITION)
    assert "sandbox up" in caught.value.hint


def test_what_the_engine_refuses_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _runner(tmp_path, monkeypatch, _Container(DEFINITION))
    with pytest.raises(ContainerError, match="could not start milvus: port is already allocated"):
        made.run("milvus", DEFINITION)
    with pytest.raises(ContainerError, match="could not stop milvus: not within 10 s"):
        made.halt("milvus", 10)


class _GoneEngine:
    """An engine that answered once, and ended."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_: object, **__: object) -> Any:
        raise Gone("connection refused")


@pytest.mark.parametrize(
    "call",
    [
        lambda made: made.network(),
        lambda made: made.run("milvus", DEFINITION),
        lambda made: made.halt("milvus", 10),
        lambda made: made.states(),
        lambda made: list(made.logs("milvus", 10, follow=False)),
        lambda made: made.remove_containers(),
        lambda made: made.remove_rest(),
    ],
)
def test_an_engine_that_ends_amid_its_work_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[Runner], object]
) -> None:
    made = _runner(tmp_path, monkeypatch)
    monkeypatch.setattr(client, "connect", _GoneEngine)
    with pytest.raises(ContainerError, match="connection refused"):
        call(made)
