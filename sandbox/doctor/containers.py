"""What `sandbox doctor` looks at where parts run in containers: the engine, the images, and what builds them."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import closing

from sandbox.doctor.look import Check, look
from sandbox.engine import client
from sandbox.images import room, tools
from sandbox.images.artefact import Artefact, order
from sandbox.images.catalogue import BUILDABLE
from sandbox.images.debian import DebianImage
from sandbox.images.image import PublishedImage
from sandbox.images.program import GO_REMEDY, Program, Source
from sandbox.images.shelf import Shelf
from sandbox.install.prerequisites import MissingError
from sandbox.instance import Home
from sandbox.terminal import Terminal

#: The images that only a cluster needs.
CLUSTER = frozenset({"kind-node", "metrics-server"})

#: Those that every target with containers needs, besides its emulator; `python` is what others are built on.
PLAIN = frozenset(BUILDABLE) - CLUSTER - {"python", "localstack", "ministack"}

_TO_BUILD = "to build images that cannot be pulled"


def programs() -> list[Check]:
    """The commands that make a node."""

    def kind() -> str:
        found = shutil.which("kind")
        reason = tools.refusal("kind", found)
        if found and not reason:
            return found
        _program("go", f"to build kind: {reason}", f"install kind, or {GO_REMEDY.removeprefix('install ')}")
        return f"{reason}: `sandbox up` builds it with Go"

    return [look("docker", "to make the node", docker_command), look("kind", "to make the node", kind)]


def docker_command() -> str:
    """Where Docker's command is, whatever engine that reaches; raises MissingError."""
    remedy = "install Docker's command (Debian, Ubuntu: apt install docker.io)"
    return _program("docker", "by kind, to make the node", remedy)


def run(home: Home, names: Collection[str]) -> list[Check]:
    """The engine, the images called `names`, and the tools that those still to be built need."""
    engine = look("engine", "to run containers", _engine)
    if not engine.ok:
        return [engine]
    todo: list[Artefact] = []

    def images() -> str:
        shelf = Shelf.of(home, Terminal(to_stderr=True))
        todo.extend(order(shelf.choose(name) for name in sorted(names)))
        room.check(shelf.shop, todo)
        return _state(names, todo)

    return [engine, look("images", "to run as containers", images), *_tools(todo)]


def _engine() -> str:
    with closing(client.connect()):
        return f"answers at {client.address()}"


def _state(names: Collection[str], todo: Collection[Artefact]) -> str:
    pulled = [item.name for item in todo if isinstance(item, PublishedImage)]
    built = [item.name for item in todo if item.name in names and not isinstance(item, PublishedImage)]
    said = [f"{verb} {', '.join(those)}" for verb, those in (("pulls", pulled), ("builds", built)) if those]
    return f"`sandbox up` {' and '.join(said)}" if said else f"all {len(names)} are here"


def _tools(todo: Collection[Artefact]) -> list[Check]:
    found = []
    if any(isinstance(item, DebianImage) for item in todo):
        remedy = "install it (Debian, Ubuntu: apt install mmdebstrap), or reach a registry"
        found.append(look("mmdebstrap", _TO_BUILD, lambda: _program("mmdebstrap", _TO_BUILD, remedy)))
    if any(isinstance(item, (Program, Source)) for item in todo):
        found.append(look("go", _TO_BUILD, lambda: _program("go", _TO_BUILD, f"{GO_REMEDY}, or reach a registry")))
    return found


def _program(name: str, purpose: str, remedy: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not on PATH", purpose=purpose, remedy=remedy)
    return found
