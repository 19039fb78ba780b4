"""What building needs: the engine, the settings, and folders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import docker

from sandbox.engine import client
from sandbox.images.settings import Settings
from sandbox.instance import Home


@dataclass(frozen=True)
class Workshop:
    """What building needs.

    Attributes:
        home: Where the sandbox keeps what it makes.
        settings: The image settings.
        environment: Proxy, mirror and certificates for installers.
        connect: Gives the Docker engine; asked only when something needs it.
        lock: Held while something is built: one for the machine, since a build uses all of it.
    """

    home: Home
    settings: Settings
    environment: Mapping[str, str]
    connect: Callable[[], docker.DockerClient] = client.connect
    lock: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / f"cali-images-{os.getuid()}.lock")

    @cached_property
    def engine(self) -> docker.DockerClient:
        """The Docker engine; raises EngineMissingError."""
        return self.connect()

    @cached_property
    def architecture(self) -> str:
        """The engine's, as Debian and Go call it: `amd64` or `arm64`."""
        return str(self.engine.version()["Arch"])

    @property
    def go(self) -> dict[str, str]:
        """The go command's environment: nothing asked of it for other work, and a module may want a newer Go.

        Debian's and Fedora's Go fetches no newer one unless it is told.
        """
        return {"GOTOOLCHAIN": "auto", **os.environ, **self.environment, "GOFLAGS": "", "GOWORK": "off"}

    @property
    def folder(self) -> Path:
        """Where programs and intermediate files go."""
        path = self.home.tools / "images"
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def logs(self) -> Path:
        """One file an artefact: all that its tools printed."""
        path = self.folder / "logs"
        path.mkdir(parents=True, exist_ok=True)
        return path
