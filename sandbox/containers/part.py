"""What the parts that are containers have in common."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from sandbox.containers.definition import Definition, host_of
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK
from sandbox.services.base import Part
from sandbox.services.servers import HEALTH_PATH, require_ok


def me() -> str:
    """Who owns the folders that containers share with this machine: files of the instance stay its owner's."""
    return f"{os.getuid()}:{os.getgid()}"


class ContainerPart(Part):
    """A part that is a container.

    Attributes:
        image_name: Its image, as `sandbox.images` calls it.
        inner_port: Where it listens in its container, and by default on this machine.

    Args:
        images: References by image name.
        ports: The ports on this machine by part.
    """

    image_name: ClassVar[str]
    inner_port: ClassVar[int]

    def __init__(self, images: Mapping[str, str], ports: Mapping[str, int]) -> None:
        self.image = images.get(self.image_name, "")
        self.ports = ports
        self.port = ports.get(self.name, 0)

    @property
    def endpoint(self) -> str:
        """Where it is reached from this machine."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def inner_endpoint(self) -> str:
        """Where other containers and pods reach it."""
        return f"http://{host_of(self.name)}:{self.inner_port}"

    @abstractmethod
    def definition(self) -> Definition:
        """The container to run."""

    @property
    def published(self) -> dict[int, int]:
        """Its port, on loopback."""
        return {self.inner_port: self.port}

    def version(self) -> str:
        """Its image: a name that begins with cali/ was built here, any other was pulled."""
        return self.image


class OwnContainer(ContainerPart):
    """A container that runs `python -m sandbox.<package>`."""

    package: ClassVar[str]

    def arguments(self) -> list[str]:
        """Command-line arguments besides host and port."""
        return []

    def environment(self) -> dict[str, str]:
        """Environment besides the common part."""
        return {}

    def definition(self) -> Definition:
        """The module, listening on the network of its container."""
        command = ["python", "-m", self.package, "--host", "0.0.0.0", "--port", str(self.inner_port)]  # noqa: S104 - of its own network namespace
        environment = {"PYTHONUNBUFFERED": "1", **self.environment()}
        return Definition(self.image, (*command, *self.arguments()), environment, self.published)

    def probe(self) -> None:
        """Its health address answers ok."""
        require_ok(self.name, self.get(HEALTH_PATH).json())


class SharingContainer(OwnContainer):
    """One of these that shares folders with this machine, as their owner.

    Args:
        images: References by image name.
        ports: The ports on this machine by part.
        instance: Whose folders they are.
    """

    def __init__(self, images: Mapping[str, str], ports: Mapping[str, int], instance: Instance) -> None:
        super().__init__(images, ports)
        self.instance = instance

    @property
    @abstractmethod
    def folders(self) -> dict[str, str]:
        """Folders of this machine by where the container has them; see Definition."""

    def definition(self) -> Definition:
        """The module, with the folders."""
        return replace(super().definition(), folders=self.folders, user=me())
