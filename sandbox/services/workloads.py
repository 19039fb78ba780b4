"""The workloads of `k8s/`, run as processes from their own Deployments."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from sandbox.definitions.deployments import Workload
from sandbox.errors import SandboxError
from sandbox.instance import Instance
from sandbox.services.base import NotReadyError, Program, Service
from sandbox.services.identity import workload_aws


class CommandNotFoundError(SandboxError):
    """A Deployment's command does not exist in its image's environment.

    Attributes:
        command: The first word of the command.
    """

    def __init__(self, workload: Workload, command: str) -> None:
        super().__init__(f"{workload.path}: Deployment/{workload.name} command {command!r} was not found")
        self.command = command


class DeployedService(Service):
    """A Deployment's container as a process: its command, its environment, its probes."""

    def __init__(
        self, instance: Instance, ports: Mapping[str, int], workload: Workload, settings: Mapping[str, str]
    ) -> None:
        super().__init__(instance, ports)
        self.workload = workload
        self.settings = settings

    @property
    def environment_folder(self) -> Path:
        """The Python environment that stands for the container's image."""
        return self.instance.home.environments / self.name

    def program(self) -> Program:
        """The container's command with the container's environment."""
        argv = self.workload.argv
        binaries = self.environment_folder / "bin"
        command = shutil.which(argv[0], path=f"{binaries}:/usr/bin:/bin")
        if command is None:
            raise CommandNotFoundError(self.workload, argv[0])
        environment = {
            **workload_aws(self.instance, self.ports, self.name),
            "PATH": f"{binaries}:/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",
            **self.workload.environment(self.settings, pod=f"{self.name}-0"),
        }
        return Program((command, *argv[1:]), environment, stop_wait_s=self.workload.grace_s)

    def probe(self) -> None:
        """The Deployment's readiness probe; a workload without one is ready when it runs."""
        if path := self.workload.readiness_path():
            self.get(path)

    def version(self) -> str:
        """The tag of the image it stands for."""
        return self.workload.container.image.rpartition(":")[2]


class Consumer(DeployedService):
    """Steps 6 to 10: `consumer/`."""

    name = "consumer"
    nature = "real"
    default_port = 8093


class LogGenerator(DeployedService):
    """Step 1: `log-generator/`. It listens nowhere."""

    name = "log-generator"
    nature = "real"
    default_port = 0

    @property
    def endpoint(self) -> str:
        """The folder it writes to."""
        return str(self.instance.containers)

    def probe(self) -> None:
        """It has written a container log."""
        if not any(self.instance.containers.glob("*.log")):
            raise NotReadyError(self.name, f"no container log in {self.instance.containers} yet")
