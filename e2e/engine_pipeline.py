"""What pipelines on a Docker engine have in common: whether there is one, what is published, what is left on it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import docker

from e2e import listeners
from e2e.listeners import Listener
from e2e.pipeline import Pipeline
from sandbox.engine.client import EngineMissingError, connect


@dataclass
class EnginePipeline(Pipeline):
    """A sandbox of which parts are containers.

    Attributes:
        volumes: Names of what its containers were seen to mount: with the containers they have to go.
    """

    volumes: set[str] = field(default_factory=set)

    @classmethod
    def cannot_run(cls) -> str:
        """A Docker engine is all it needs."""
        try:
            connect().close()
        except EngineMissingError as error:
            return str(error)
        return ""

    @cached_property
    def docker(self) -> docker.DockerClient:
        """The engine."""
        return connect()

    def containers(self) -> list[dict[str, Any]]:
        """Its containers, those that ended too, as the engine lists them: by its label or its name."""
        owner, mark = str(self.folder.resolve()), f"-{self.instance}-"
        found = self.docker.api.containers(all=True)
        return [
            one
            for one in found
            if one["Labels"].get("cali.sandbox.owner") == owner or any(mark in name for name in one["Names"])
        ]

    def command(
        self, *arguments: str, stdin: bytes | None = None, timeout_s: float = 120, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command, and see before it what volumes there are that it may leave behind."""
        self._see_volumes()
        return super().command(*arguments, stdin=stdin, timeout_s=timeout_s, check=check)

    def up(self) -> dict[str, Any]:
        """Bring it up; returns its status."""
        status = super().up()
        self._see_volumes()
        assert self.volumes, "no container mounts a volume: that none is left proves nothing then"
        return status

    def listening(self) -> list[Listener]:
        """What the engine publishes, and what listens as a process."""
        published = [one for container in self.containers() for one in listeners.of_container(container)]
        return [*published, *super().listening()]

    def leftovers(self) -> list[str]:
        """Its containers, its networks, and the volumes its containers mounted."""
        containers = [container["Names"][0] for container in self.containers()]
        networks = [f"{one.name}" for one in self.docker.networks.list() if f"-{self.instance}-" in f"{one.name}"]
        volumes = self.volumes & {f"{one.name}" for one in self.docker.volumes.list()}
        return [*containers, *networks, *sorted(volumes), *super().leftovers()]

    def _see_volumes(self) -> None:
        mounts = [mount for container in self.containers() for mount in container["Mounts"]]
        self.volumes |= {mount["Name"] for mount in mounts if mount["Type"] == "volume"}
