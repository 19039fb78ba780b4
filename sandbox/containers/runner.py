"""Runs containers of one sandbox: start, stop, what state they are in, and nothing left of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import docker
from docker.errors import ImageNotFound, NotFound
from docker.models.containers import Container
from docker.models.networks import Network
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.faults import ContainerError, asked
from sandbox.engine import client
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK
from sandbox.services.base import ProcessState

#: On every container and network of a sandbox, but not on a node, which kind labels: the folder of its instance.
OWNER_LABEL = "cali.sandbox.owner"
NAME_LABEL = "cali.sandbox.part"
DIGEST_LABEL = "cali.sandbox.definition"

# What cleans up after tests would end the sandbox with the command that started it: labels do that here. And references
# are whole already.
testcontainers_config.ryuk_disabled = True
testcontainers_config.hub_image_name_prefix = ""

_MTU = "com.docker.network.driver.mtu"
_STATES = {
    "running": "RUNNING",
    "created": "STARTING",
    "restarting": "BACKOFF",
    "paused": "STOPPED",
    "removing": "STOPPING",
    "exited": "EXITED",
    "dead": "FATAL",
}


class Runner:
    """The containers of one instance and their network, found by their labels and never by what is remembered.

    Args:
        instance: Whose they are.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.owner = str(instance.root)
        digest = hashlib.sha256(self.owner.encode()).hexdigest()[:8]
        #: Of the network, and the beginning of every container's name.
        self.name = f"cali-{instance.name}-{digest}"
        self._engine: docker.DockerClient | None = None

    @property
    def engine(self) -> docker.DockerClient:
        """The Docker engine; raises EngineMissingError."""
        if self._engine is None:
            self._engine = client.connect()
        return self._engine

    @property
    def _mine(self) -> dict[str, str | list[str] | bool]:
        return {"label": f"{OWNER_LABEL}={self.owner}"}

    def network(self) -> Network:
        """The network, made when it is not there."""
        with asked("make the network"):
            with suppress(NotFound):
                return self.engine.networks.get(self.name)
            # An engine behind a narrow link tells its own network so, and no other one by itself.
            options = (self.engine.networks.get("bridge").attrs.get("Options") or {}).items()
            return self.engine.networks.create(
                self.name,
                driver="bridge",
                options={name: value for name, value in options if name == _MTU},
                labels={OWNER_LABEL: self.owner},
            )

    def run(self, name: str, definition: Definition) -> None:
        """Have a container of this definition running; one that does already is left alone."""
        found = self.find(name)
        if found is not None:
            if found.labels.get(DIGEST_LABEL) == definition.digest:
                if found.status != "running":
                    with asked(f"start {name}"):
                        found.start()
                return
            self._remove(found)
        self._create(name, definition)

    def _create(self, name: str, definition: Definition) -> None:
        self._require(name, definition.image)
        endpoint = self.engine.api.create_endpoint_config(aliases=[host_of(name)])
        options: dict[str, Any] = {
            "network": self.name,
            "networking_config": {self.name: endpoint},
            "labels": {OWNER_LABEL: self.owner, NAME_LABEL: name, DIGEST_LABEL: definition.digest},
            "restart_policy": {"Name": "on-failure", "MaximumRetryCount": 5},
            "mem_limit": definition.memory,
            "stop_signal": definition.stop_signal,
            "security_opt": ["no-new-privileges:true"],
            "log_config": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
        }
        if definition.user:
            with asked("tell of itself"):
                rootless = client.is_rootless(self.engine)
            # Of a rootless engine, every number but root's is one that owns nothing on this machine.
            options["user"] = "0:0" if rootless else definition.user
        # testcontainers finds an engine by DOCKER_HOST alone, not by the context that is in use.
        found = {"environment": {**os.environ, "DOCKER_HOST": client.address()}}
        container = DockerContainer(definition.image, docker_client_kw=found).with_name(f"{self.name}-{name}")
        container.with_envs(**definition.environment).with_kwargs(**options)
        for place, folder in definition.folders.items():
            container.with_volume_mapping(folder, place.removesuffix(":ro"), "ro" if place.endswith(":ro") else "rw")
        # It would publish on every interface; the engine takes a pair of address and port.
        loopback: Any = {f"{inner}/tcp": (LOOPBACK, port) for inner, port in definition.ports.items()}
        container.ports = loopback
        if definition.command:
            container.with_command(list(definition.command))
        with asked(f"start {name}"):
            container.start()

    def _require(self, name: str, image: str) -> None:
        """Raise ContainerError without the image: the client would pull it, and ours are nobody's in any registry."""
        with asked(f"start {name}"):
            try:
                self.engine.images.get(image)
            except ImageNotFound as error:
                hint = "`sandbox up` has it made anew"
                raise ContainerError(f"start {name}", f"{image} is gone", hint=hint) from error

    def find(self, name: str) -> Container | None:
        """The container of a part."""
        with asked(f"look for {name}"), suppress(NotFound):
            return self.engine.containers.get(f"{self.name}-{name}")
        return None

    def halt(self, name: str, patience_s: int) -> None:
        """Stop a container and wait for its end."""
        if (found := self.find(name)) is not None:
            with asked(f"stop {name}"):
                found.stop(timeout=patience_s)

    def drop(self, name: str) -> None:
        """Remove a container with its volumes, when there is one."""
        if (found := self.find(name)) is not None:
            self._remove(found)

    def states(self) -> dict[str, ProcessState]:
        """What runs, by part."""
        return {c.labels[NAME_LABEL]: _state(c) for c in self._containers() if NAME_LABEL in c.labels}

    def _containers(self) -> list[Container]:
        """Every container of the instance."""
        with asked("list its containers"):
            return self.engine.containers.list(all=True, filters=self._mine, ignore_removed=True)

    def logs(self, name: str, lines: int, *, follow: bool) -> Iterator[str]:
        """The last lines a container wrote, and with `follow` those it writes from now on."""
        found = self.find(name)
        if found is None:
            return
        rest = b""
        with asked(f"give the log of {name}"):
            for chunk in found.logs(stream=True, follow=follow, tail=lines):
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
        if rest:
            yield rest.decode(errors="replace")

    def remove(self) -> None:
        """Remove every container of the instance with its volumes, and the network."""
        self.remove_containers()
        self.remove_rest()

    def remove_containers(self) -> None:
        """Remove every container of the instance with its volumes."""
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(self._remove, self._containers()))

    def remove_rest(self) -> None:
        """Remove what containers leave: the network. A volume goes with the container that mounts it."""
        with asked("remove the network"):
            for network in self.engine.networks.list(filters=self._mine):
                with suppress(NotFound):
                    network.remove()

    @staticmethod
    def _remove(container: Container) -> None:
        with asked(f"remove {container.name}"), suppress(NotFound):
            container.remove(force=True, v=True)


def _state(container: Container) -> ProcessState:
    state = container.attrs["State"]
    pid = state.get("Pid") or None
    return ProcessState(_STATES.get(container.status, "UNKNOWN"), pid, state.get("Error") or container.status)
