"""What pipelines on a Docker engine have in common: whether there is one, and what is left on it."""

from __future__ import annotations

from functools import cached_property

import docker

from e2e.pipeline import Pipeline
from sandbox.engine.client import EngineMissingError, connect


class EnginePipeline(Pipeline):
    """A sandbox of which parts are containers."""

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

    def leftovers(self) -> list[str]:
        """Containers, networks and volumes that carry its name or its label."""
        engine, mark = self.docker, f"-{self.instance}-"
        label = {"label": f"cali.sandbox.owner={self.folder.resolve()}"}
        containers = [f"{one.name}" for one in engine.containers.list(all=True) if mark in f"{one.name}"]
        networks = [f"{one.name}" for one in engine.networks.list() if mark in f"{one.name}"]
        volumes = [f"{one.name}" for one in engine.volumes.list(filters=label)]
        return [*containers, *networks, *volumes, *super().leftovers()]
