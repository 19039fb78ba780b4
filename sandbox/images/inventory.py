"""What the engine holds of the catalogue, and what can go."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from docker.errors import APIError
from rich.table import Table

from sandbox.images import kind_node
from sandbox.images.artefact import Artefact
from sandbox.images.catalogue import BUILDABLE, CATALOGUE
from sandbox.images.image import LABEL, PREFIX, BuiltImage
from sandbox.images.shelf import Shelf


@dataclass(frozen=True)
class Row:
    """One image of the catalogue.

    Attributes:
        name: Its name.
        purpose: What it is for.
        reference: The image that stands for it on this machine.
        origin: Whose it is.
        state: Whether the engine has it.
        bytes: Its size; None while the engine has not got it.
    """

    name: str
    purpose: str
    reference: str
    origin: Literal["published", "built"]
    state: Literal["present", "missing"]
    bytes: int | None


def rows(shelf: Shelf) -> list[Row]:
    """Every image of the catalogue."""
    found = []
    for entry in CATALOGUE.values():
        image = shelf.choose(entry.name) if entry.recipe else shelf.published(entry.name)
        here = image.exists()
        origin: Literal["published", "built"] = "built" if isinstance(image, BuiltImage) else "published"
        size = image.size if here else None
        state: Literal["present", "missing"] = "present" if here else "missing"
        found.append(Row(entry.name, entry.purpose, image.reference, origin, state, size))
    return found


def table(found: list[Row]) -> Table:
    """The rows for a person."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("image", "for", "origin", "reference", "size"):
        shown.add_column(title, justify="right" if title == "size" else "left", no_wrap=True)
    for row in found:
        size = "missing" if row.bytes is None else f"{row.bytes / 1e6:.0f} MB"
        shown.add_row(row.name, row.purpose, row.origin, row.reference, size)
    return shown


def clean(shelf: Shelf, *, everything: bool) -> list[str]:
    """Remove images of ours: those of older inputs, or all of them; returns their references.

    What a container still uses stays. Whoever calls holds the shop's lock: a build under way would lose what it makes.
    """
    kind_node.remove_builder(shelf.shop)
    kept: set[str] = set()
    if not everything:
        for name in BUILDABLE:
            kept |= _references(shelf.built(name))
    engine = shelf.shop.engine
    removed = []
    for image in engine.images.list(filters={"label": LABEL}):
        for reference in image.tags:
            if reference.startswith(PREFIX) and reference not in kept:
                try:
                    engine.images.remove(reference)
                except APIError as error:
                    if error.status_code != 409:  # In use.
                        raise
                else:
                    removed.append(reference)
    # Stages of builds, which have no name: the next build of the same is faster with them.
    engine.images.prune(filters={"dangling": True, "label": LABEL})
    if everything:
        shutil.rmtree(shelf.shop.folder)
    return removed


def _references(artefact: Artefact) -> set[str]:
    """The image and all it was built from."""
    own = {artefact.reference} if isinstance(artefact, BuiltImage) else set()
    return own.union(*(_references(need) for need in artefact.needs))
