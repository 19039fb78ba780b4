"""Command-line tools that a cluster needs: yours where they are on PATH, else built from the Go module proxy."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from sandbox.images import programs
from sandbox.images.errors import ToolMissingError
from sandbox.images.program import version
from sandbox.images.shelf import Shelf
from sandbox.instance import Home
from sandbox.terminal import Terminal

#: What can be built.
TOOLS = ("kind", "kubectl", "helm")


def refusal(name: str, found: str | None) -> str:
    """Why yours is not taken; empty when it is.

    A kind makes nodes of its own time: an older one writes a configuration that the node's kubeadm no longer reads.

    Args:
        name: Of the tool.
        found: Where it is on PATH; None when it is not there.
    """
    if found is None:
        return f"{name} is not on PATH"
    if name != "kind":
        return ""
    said = _says(found, "version")
    wanted = version("kind", "sigs.k8s.io/kind")
    if _numbers(said) >= _numbers(wanted):
        return ""
    return f"{found} is {' '.join(said.split()[:2]) or 'broken'}, and the node needs {wanted} or newer"


def _says(*argv: str) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"v(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


def tool(name: str, terminal: Terminal, home: Home | None = None) -> Path:
    """Where the tool called `name` is, after building it if need be.

    Raises:
        ToolMissingError: Yours will not do, and there is no Go to build ours.
        BuildError: It could not be built.
    """
    found = shutil.which(name)
    reason = refusal(name, found)
    if found and not reason:
        return Path(found)
    shelf = Shelf.of(home or Home.from_environment(), terminal)
    program = programs.tool(shelf.shop, name)
    try:
        shelf.make([program])
    except ToolMissingError as error:
        raise ToolMissingError(error.program, f"to build {name}: {reason}", error.hint) from None
    return program.path
