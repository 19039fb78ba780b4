"""`sandbox doctor`: every prerequisite and every installed part, looked at one by one, with nothing changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from sandbox.doctor.look import Check, look
from sandbox.install import java, network, prerequisites
from sandbox.install.parts import parts, python_with_pip
from sandbox.instance import Home
from sandbox.terraform.command import Binary


def run(home: Home, target: str, emulator: str) -> list[Check]:
    """Look at everything that a sandbox needs.

    A registry is only asked when something is missing.

    Args:
        home: Where everything is kept.
        target: As `--target` takes it.
        emulator: What plays AWS there.
    """
    return _LOOKS[target](home, emulator)


def _machine(home: Home, needed_gib: float) -> list[Check]:
    """What every target needs."""

    def python() -> str:
        prerequisites.check_python()
        return ".".join(map(str, sys.version_info[:3]))

    def terraform() -> str:
        binary = Binary.find()
        return f"{binary.version} in {binary.path}"

    def disk() -> str:
        prerequisites.check_disk(home.root, needed_gib)
        return str(home.root)

    return [
        look("python3", "to run the sandbox", python),
        look("terraform", "to apply terraform/", terraform),
        look("disk", "for tools and state", disk),
    ]


def _registry(home: Home) -> Check:
    def ask() -> str:
        python = python_with_pip(home)
        prerequisites.check_registry(network.for_this_process(python), python)
        return "answers"

    return look("registry", "to install", ask)


def _processes(home: Home, emulator: str) -> list[Check]:
    """The embedded target: no Docker."""
    user_java = java.find()
    wanted = parts(home, with_java=user_java is None, emulator=emulator)
    missing = [part for part in wanted if not part.is_installed]
    found = _machine(home, prerequisites.NEEDED_GIB if missing else prerequisites.NEEDED_GIB_INSTALLED)
    if missing:
        found.append(_registry(home))
    on = f"Java {user_java.version} in {user_java.home}" if user_java else "none of yours: the packaged one is used"
    found.append(Check("java", True, on, "to run OpenSearch"))
    for part in wanted:
        state = "not installed yet: `sandbox up` does it" if part in missing else "installed"
        found.append(Check(part.name, True, state, part.purpose))
    return found


def _containers(home: Home, emulator: str) -> list[Check]:
    """A Docker engine and images."""
    # Here, because Docker's client takes a while to import, and who has no engine needs none.
    from sandbox.doctor import containers  # noqa: PLC0415

    return [*_machine(home, prerequisites.NEEDED_GIB_INSTALLED), *containers.run(home, containers.PLAIN | {emulator})]


def _kind(home: Home, emulator: str) -> list[Check]:
    """The same, and what makes a Kubernetes node."""
    from sandbox.doctor import containers  # noqa: PLC0415 - as above

    return [
        *_machine(home, prerequisites.NEEDED_GIB_INSTALLED),
        *containers.programs(),
        *containers.run(home, containers.PLAIN | containers.CLUSTER | {emulator}),
    ]


_LOOKS: Mapping[str, Callable[[Home, str], list[Check]]] = {
    "embedded": _processes,
    "containers": _containers,
    "kind": _kind,
}
