"""The target a command works on: the one it names, else the one the instance was brought up on."""

from __future__ import annotations

import os

from sandbox.errors import SandboxError
from sandbox.instance import Home, Instance
from sandbox.targets.embedded import Embedded
from sandbox.targets.target import Target

DEFAULT = Embedded.name
KIND = "kind"
CONTAINERS = "containers"
NAMES = (DEFAULT, KIND, CONTAINERS)


class OtherTargetError(SandboxError):
    """The instance stands on another target.

    Attributes:
        found: That target.
    """

    def __init__(self, instance: Instance, found: str, asked: str) -> None:
        super().__init__(
            f"the sandbox {instance.name!r} was brought up on {found}, not on {asked}",
            hint=f"`sandbox clean --target {found}` removes it; CALI_INSTANCE names another one beside it",
        )
        self.found = found


def target(name: str | None) -> Target:
    """The target of the instance the environment names, else of the one that is called like the target.

    Raises:
        OtherTargetError: That instance stands on another target.
        LayoutVersionError: Another version of the sandbox made it.
    """
    home = Home.from_environment()
    default = None if name in (None, DEFAULT) or os.environ.get("CALI_INSTANCE") else name
    instance = home.instance(default)
    return of_instance(instance, name)


def of_instance(instance: Instance, name: str | None = None) -> Target:
    """The same of an instance at hand."""
    instance.check_version()
    remembered = instance.read().target
    chosen = name or remembered or DEFAULT
    if remembered and remembered != chosen:
        raise OtherTargetError(instance, remembered, chosen)
    return _made(instance, chosen)


def _made(instance: Instance, name: str) -> Target:
    if name == KIND:
        # Here, because the clients of Docker and Kubernetes take a second to import, and who has neither needs none.
        from sandbox.targets.kind import Kind  # noqa: PLC0415

        return Kind(instance)
    if name == CONTAINERS:
        from sandbox.targets.containers import Containers  # noqa: PLC0415 - as above

        return Containers(instance)
    return Embedded(instance)
