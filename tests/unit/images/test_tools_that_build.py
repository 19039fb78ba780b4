"""What the programs are given that build: which environment, which lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.images import programs
from sandbox.images.dockerfile import DockerfileImage
from sandbox.images.program import Source
from sandbox.images.running import run
from sandbox.images.workshop import Workshop
from sandbox.install.locking import exclusive

if TYPE_CHECKING:
    from .conftest import FakeEngine

# Takes the place of go: says what it was asked in, and makes what it was asked for.
_GO = """#!/bin/sh
echo "$1 ${GOTOOLCHAIN-} ${GOWORK-} ${GOFLAGS-}" >> "$CALI_SAID"
if [ "$1" = mod ]; then echo '{"Dir": "/source"}'; exit; fi
while [ "$1" != -o ]; do shift; done
touch "$2"
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A go command first on PATH; gives what it was called with."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text(_GO)
    (folder / "go").chmod(0o755)
    said = tmp_path / "said"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALI_SAID", str(said))
    return lambda: said.read_text().splitlines()


def _have_go_do_both(shop: Workshop) -> None:
    source = Source("kind-source", shop, module="kind", published="sigs.k8s.io/kind")
    assert source.path == Path("/source")
    programs.tool(shop, "kind").build(lambda _: None)


def test_go_is_asked_alike_for_sources_and_programs_and_may_fetch_a_newer_one(
    shop: Workshop, go: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOTOOLCHAIN", raising=False)
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    monkeypatch.setenv("GOWORK", "/the/users/go.work")
    _have_go_do_both(shop)
    assert go() == ["mod auto off ", "build auto off "]


def test_the_users_own_word_on_go_versions_stands(
    shop: Workshop, go: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOTOOLCHAIN", "local")
    _have_go_do_both(shop)
    assert go() == ["mod local off ", "build local off "]


def test_what_builds_holds_the_lock_too(tmp_path: Path) -> None:
    """Else it would go on beside the next build when only the command that started it was killed."""
    with exclusive(tmp_path / "lock", print, "build"):
        descriptor = next(fd for fd in range(3, 256) if _is(fd, tmp_path / "lock"))
        run("x", ["test", "-e", f"/dev/fd/{descriptor}"], tmp_path / "log", environment=dict(os.environ))


def _is(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


@pytest.mark.parametrize(
    ("environment", "passed"),
    [
        ({"UV_DEFAULT_INDEX": "https://pip.conf/simple"}, "https://pip.conf/simple"),
        ({"UV_DEFAULT_INDEX": "https://uv/simple", "PIP_INDEX_URL": "https://pip/simple"}, "https://pip/simple"),
        ({}, None),
    ],
)
def test_an_image_is_built_from_the_users_index(
    shop: Workshop, engine: FakeEngine, environment: dict[str, str], passed: str | None
) -> None:
    asked: dict[str, Any] = {}
    engine.api.build = lambda **options: asked.update(options) or iter(())
    image = DockerfileImage("x", replace(shop, environment=environment), dockerfile=b"FROM scratch\n")
    image.build(lambda _: None)
    assert asked["buildargs"].get("PIP_INDEX_URL") == passed
