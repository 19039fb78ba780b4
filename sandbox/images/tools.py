"""Command-line tools that a cluster needs: yours where they are on PATH, else built from the Go module proxy."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox.images import programs
from sandbox.images.shelf import Shelf
from sandbox.instance import Home
from sandbox.terminal import Terminal

#: What can be built.
TOOLS = ("kind", "kubectl", "helm")


def tool(name: str, terminal: Terminal, home: Home | None = None) -> Path:
    """Where the tool called `name` is, after building it if need be.

    Raises:
        ToolMissingError: It is not on PATH, and there is no Go to build it.
        BuildError: It could not be built.
    """
    if found := shutil.which(name):
        return Path(found)
    shelf = Shelf.of(home or Home.from_environment(), terminal)
    program = programs.tool(shelf.shop, name)
    shelf.make([program])
    return program.path
