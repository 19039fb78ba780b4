"""`sandbox doctor`: every prerequisite and every installed part, looked at one by one, with nothing changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.engine import client
from sandbox.install import java, network, prerequisites
from sandbox.install.parts import parts, python_with_pip
from sandbox.install.prerequisites import MissingError
from sandbox.instance import Home


@dataclass(frozen=True)
class Check:
    """What one look found.

    Attributes:
        name: What was looked at.
        ok: Whether it will do.
        found: What is there, or what is missing.
        purpose: What it is for.
        remedy: How to mend it; empty when it will do.
    """

    name: str
    ok: bool
    found: str
    purpose: str
    remedy: str = ""


def run(home: Home, emulator: str) -> list[Check]:
    """Look at everything that a sandbox on `emulator` needs; a registry is only asked when something is missing."""
    user_java = java.find()
    wanted = parts(home, with_java=user_java is None, emulator=emulator)
    missing = [part for part in wanted if not part.is_installed]
    needed_gib = prerequisites.NEEDED_GIB if missing else prerequisites.NEEDED_GIB_INSTALLED
    version = ".".join(map(str, sys.version_info[:3]))
    looks: list[tuple[str, str, str, Callable[[], None]]] = [
        ("python3", version, "to run the sandbox", prerequisites.check_python),
        ("terraform", shutil.which("terraform") or "", "to apply terraform/", prerequisites.check_terraform),
        ("git", shutil.which("git") or "", "to name the checkout's revision", prerequisites.check_git),
        ("disk", str(home.root), "for tools and state", lambda: prerequisites.check_disk(home.root, needed_gib)),
    ]
    if missing:
        python = python_with_pip(home)
        environment = network.for_this_process(python)
        looks.append(("registry", "answers", "to install", lambda: prerequisites.check_registry(environment, python)))
    found = [_look(*look) for look in looks]
    on = f"Java {user_java.version} in {user_java.home}" if user_java else "none of yours: the packaged one is used"
    found.append(Check("java", True, on, "to run OpenSearch"))
    for part in wanted:
        state = "installed" if part.is_installed else "not installed yet: `sandbox up` does it"
        found.append(Check(part.name, True, state, part.purpose))
    found.append(_engine())
    return found


def _engine() -> Check:
    """Nothing the embedded target needs, so a machine without one is as it should be."""
    purpose = "for the kind target and for images"
    if client.answers():
        return Check("docker", True, f"an engine answers at {client.address()}", purpose)
    return Check("docker", True, f"no engine (needed {purpose} only): `sandbox engine start` brings one", purpose)


def _look(name: str, present: str, purpose: str, check: Callable[[], None]) -> Check:
    try:
        check()
    except MissingError as error:
        return Check(name, False, error.what, error.purpose, error.remedy)
    return Check(name, True, present, purpose)
