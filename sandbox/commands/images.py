"""`sandbox images`: the container images, published or built here."""

from __future__ import annotations

import time

import click

from sandbox.commands.options import json_option, print_json
from sandbox.images import inventory
from sandbox.images.catalogue import BUILDABLE
from sandbox.images.shelf import Shelf
from sandbox.install.locking import exclusive
from sandbox.instance import Home
from sandbox.terminal import Terminal


@click.group()
def images() -> None:
    """Container images: published where they can be pulled, else built from package registries alone."""


@images.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every image, also those that could be pulled.")
def build(names: tuple[str, ...], everything: bool) -> None:
    """Build what is missing or changed: the named images, else those that cannot be pulled.

    A build that was killed goes on where it was.
    """
    shelf = Shelf.of(Home.from_environment(), Terminal())
    if names:
        wanted = [shelf.built(name) for name in names]
    else:
        wanted = [shelf.built(name) if everything else shelf.choose(name) for name in BUILDABLE]
    begun = time.monotonic()
    made = shelf.make(wanted)
    for image in wanted:
        Terminal().say(f"{image.reference:<48} {image.size / 1e6:6.0f} MB")
    Terminal().say(f"{len(made)} made in {time.monotonic() - begun:.0f} s" if made else "nothing to do")


@images.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """Show each image: what it is for, which one stands for it here, and how large it is."""
    rows = inventory.rows(Shelf.of(Home.from_environment(), Terminal(to_stderr=True)))
    if as_json:
        print_json([vars(row) for row in rows])
    else:
        Terminal().console.print(inventory.table(rows))


@images.command()
@click.option("--all", "everything", is_flag=True, help="Also the current ones, and the compiled programs.")
def clean(everything: bool) -> None:
    """Remove images of ours that newer ones have taken the place of; published images stay.

    What a container uses, a stopped one too, stays. What another checkout of another version built on this engine
    goes; it builds it again.
    """
    terminal = Terminal()
    shelf = Shelf.of(Home.from_environment(), terminal)
    with exclusive(shelf.shop.lock, terminal.say, "build of images"):
        removed = inventory.clean(shelf, everything=everything)
    terminal.say(f"removed {len(removed)} images" if removed else "nothing to remove")
