"""Whether there is room for what is to be made: a disk that an engine fills stops everything else on the machine."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from sandbox.images.artefact import Artefact
from sandbox.images.image import Image
from sandbox.images.program import Program, version
from sandbox.images.programs import KUBERNETES
from sandbox.images.workshop import Workshop
from sandbox.install.prerequisites import MissingError

#: GiB of an image, of a program with all that Go keeps of it, and of one that Go has compiled before: what a first
#: build of everything was measured to take, divided by what it makes.
_IMAGE_GIB = 0.3
_PROGRAM_GIB = 0.6
_KNOWN_PROGRAM_GIB = 0.1


def check(shop: Workshop, todo: Collection[Artefact]) -> None:
    """Raise MissingError unless every file system that takes part of `todo` has room for its part."""
    needed: dict[int, float] = {}
    for folder, gib in _parts(shop, todo):
        place = folder
        while (device := _device(place)) is None:
            place = place.parent
        needed[device] = needed.get(device, 0.0) + gib
        free = shutil.disk_usage(place).free / 2**30
        if free < needed[device]:
            raise MissingError(
                f"{place} has {free:.1f} GiB free of the {needed[device]:.1f} GiB",
                purpose=f"to make {len(todo)} images and programs",
                remedy="free some space on its disk; docs/images.md says where what is made goes",
            )


def _parts(shop: Workshop, todo: Collection[Artefact]) -> Iterator[tuple[Path, float]]:
    """Folders, and the GiB that `todo` takes in each; of an engine on another machine nothing is known here."""
    if programs := sum(isinstance(artefact, Program) for artefact in todo):
        modules = Path(shop.go.get("GOMODCACHE") or Path(shop.go.get("GOPATH") or Path.home() / "go") / "pkg" / "mod")
        # By far the largest: where its sources are, it was built before.
        known = (modules / f"{KUBERNETES}@{version('kubernetes', KUBERNETES)}").is_dir()
        objects = Path(shop.go.get("GOCACHE") or Path.home() / ".cache" / "go-build")
        yield objects, programs * (_KNOWN_PROGRAM_GIB if known else _PROGRAM_GIB)
    if images := sum(isinstance(artefact, Image) for artefact in todo):
        root = Path(shop.engine.info()["DockerRootDir"])
        if _device(root) is not None:
            yield root, images * _IMAGE_GIB


def _device(path: Path) -> int | None:
    """Of the file system that `path` is on; None where it is not, or not to be looked at."""
    try:
        return path.stat().st_dev
    except OSError:
        return None
