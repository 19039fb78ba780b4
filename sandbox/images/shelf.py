"""Which image stands for each name on this machine, and building what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from sandbox.images import catalogue, room
from sandbox.images.artefact import Artefact, order
from sandbox.images.errors import NoRecipeError, UnpublishedError
from sandbox.images.image import PREFIX, Image, PublishedImage
from sandbox.images.recipes import Recipes
from sandbox.images.registry import Registries
from sandbox.images.settings import Settings
from sandbox.images.workshop import Workshop
from sandbox.install import network
from sandbox.install.locking import exclusive
from sandbox.install.parts import python_with_pip
from sandbox.instance import Home
from sandbox.terminal import Terminal


class Shelf:
    """The images of one machine.

    Args:
        shop: What building needs.
        terminal: Shows what is done.
    """

    def __init__(self, shop: Workshop, terminal: Terminal) -> None:
        self.shop = shop
        self._terminal = terminal
        self.recipes = Recipes(shop, self.choose)
        self._chosen: dict[str, Image] = {}

    @classmethod
    def of(cls, home: Home, terminal: Terminal) -> Shelf:
        """The shelf as the environment sets it up."""
        environment = network.for_this_process(python_with_pip(home))
        return cls(Workshop(home, Settings.from_environment(), environment), terminal)

    @cached_property
    def _registries(self) -> Registries:
        return Registries(self.shop.engine)

    def choose(self, name: str) -> Image:
        """The published image where it is here or can be pulled, else ours; decided once.

        One of ours that is built and up to date is taken without asking a registry again.

        Raises:
            UnpublishedError: It cannot be pulled, and none of ours stands in for it or may do so.
        """
        if name not in self._chosen:
            self._chosen[name] = self._decide(catalogue.entry(name))
        return self._chosen[name]

    def built(self, name: str) -> Image:
        """Ours, whatever is published; raises NoRecipeError where there is none of ours."""
        recipe = catalogue.entry(name).recipe
        if recipe is None:
            raise NoRecipeError(name)
        image: Image = getattr(self.recipes, recipe)
        return image

    def published(self, name: str) -> PublishedImage:
        """The published one, as it is pulled here; raises LookupError for what nobody publishes."""
        reference = catalogue.entry(name).published
        if reference is None:
            raise LookupError(f"nobody publishes {name}")
        return PublishedImage(name, self.shop, published=self.shop.settings.published(reference))

    def _decide(self, entry: catalogue.Entry) -> Image:
        source = self.shop.settings.source
        if entry.published is None or (source == "built" and entry.recipe):
            return self.built(entry.name)
        published = self.published(entry.name)
        if source == "built":
            raise UnpublishedError(published.reference, "CALI_IMAGES is built")
        if published.exists():
            return published
        if source == "auto" and entry.recipe and self.built(entry.name).exists():
            return self.built(entry.name)
        refusal = self._registries.refusal(published.reference)
        if refusal is None:
            return published
        if source == "published" or entry.recipe is None:
            raise UnpublishedError(published.reference, refusal)
        self._terminal.say(f"{published.reference} cannot be pulled ({refusal}): our own stands in for it")
        return self.built(entry.name)

    def make(self, wanted: Iterable[Artefact]) -> list[Artefact]:
        """Have everything in `wanted`; returns what had to be made.

        One build at a time on a machine. Raises MissingError where a disk has no room for all of it.
        """
        wanted = list(wanted)
        if all(artefact.exists() for artefact in wanted):
            return []
        with exclusive(self.shop.lock, self._terminal.say, "build of images"):
            todo = order(wanted)
            room.check(self.shop, todo)
            for number, artefact in enumerate(todo, start=1):
                verb = "pulling" if isinstance(artefact, PublishedImage) else "building"
                title = f"{verb} {artefact.name} ({number} of {len(todo)})"
                if not self._terminal.console.is_terminal:  # A stage is one line at its end, minutes from now.
                    self._terminal.say(f"{title} ...")
                with self._terminal.stage(title) as show:
                    artefact.build(show)
        return todo


def ensure(names: Sequence[str], terminal: Terminal, home: Home | None = None) -> dict[str, str]:
    """Have the named images in the engine.

    Args:
        names: Names of the catalogue.
        terminal: Shows what is pulled or built.
        home: Where programs and logs go; the environment's unless given.

    Returns:
        Name to reference. `is_built` tells a reference of ours from a published one.

    Raises:
        EngineMissingError: No Docker engine answers.
        UnpublishedError: One cannot be pulled, and CALI_IMAGES=published or none of ours stands in for it.
        BuildError: One could not be built.
    """
    shelf = Shelf.of(home or Home.from_environment(), terminal)
    chosen = {name: shelf.choose(name) for name in names}
    shelf.make(chosen.values())
    return {name: image.reference for name, image in chosen.items()}


def is_built(reference: str) -> bool:
    """Whether the image is one of ours, built here."""
    return reference.startswith(PREFIX)
