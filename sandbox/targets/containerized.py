"""What the targets that run containers have in common: images, ports on loopback, a network, and the engine's word."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping

from sandbox import ports
from sandbox.containers import faults
from sandbox.containers.definition import host_of
from sandbox.containers.localstack import LocalStack
from sandbox.containers.milvus import Milvus
from sandbox.containers.ministack import MiniStack
from sandbox.containers.opensearch import OpenSearch
from sandbox.containers.part import ContainerPart
from sandbox.containers.runner import Runner
from sandbox.containers.servers import Firehose, Model, Slack
from sandbox.images.shelf import ensure
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK
from sandbox.services.base import ProcessState
from sandbox.targets import asked
from sandbox.targets.target import Target
from sandbox.terminal import Terminal

_IMAGE = "image "

#: What can play AWS; published images of the first are on every laptop.
_EMULATORS: Mapping[str, type[ContainerPart]] = {"localstack": LocalStack, "ministack": MiniStack}

_SERVERS: tuple[type[ContainerPart], ...] = (OpenSearch, Milvus, Model, Slack, Firehose)


class ContainerTarget(Target):
    """One instance of which some parts are containers on a network of their own."""

    emulators = tuple(_EMULATORS)

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.runner = Runner(instance)

    @property
    def server_kinds(self) -> tuple[type[ContainerPart], ...]:
        """The containers that the workloads talk to: the emulator that was chosen, and the rest."""
        return (_EMULATORS[self.emulator], *_SERVERS)

    @property
    def images(self) -> dict[str, str]:
        """References by image name, as the last `up` found them."""
        found = self.memory.variant.items()
        return {name.removeprefix(_IMAGE): reference for name, reference in found if name.startswith(_IMAGE)}

    def have_images(self, names: Iterable[str], terminal: Terminal) -> None:
        """Have the images in the engine, and take them from now on."""
        with faults.asked("have the images"):
            images = ensure(list(dict.fromkeys(names)), terminal)
        self.memory.variant |= {f"{_IMAGE}{name}": reference for name, reference in images.items()}

    def leave_image(self, name: str) -> None:
        """Take an image no longer."""
        self.memory.variant.pop(f"{_IMAGE}{name}", None)

    def renew_images(self, names: Iterable[str]) -> None:
        """Have the images as their code stands now, and tell every other command which they are."""
        before = self.images
        self.have_images(names, Terminal(to_stderr=True))
        if self.images != before:
            self.instance.write(self.memory)

    def choose_ports(self, defaults: Mapping[str, int]) -> None:
        """Give every container its port on this machine; see `ports.choose` for what it raises."""
        self.memory.ports = ports.choose(
            defaults,
            environment=os.environ,
            running={name for name, state in self.runner.states().items() if state.pid},
            remembered=self.memory.ports,
            owner=str(self.instance.root),
        )

    @property
    @abstractmethod
    def servers(self) -> Mapping[str, ContainerPart]:
        """What the workloads talk to, by name: containers."""

    @property
    def container_names(self) -> Iterable[str]:
        """The parts that are containers."""
        return self.servers

    def made(self) -> dict[str, ContainerPart]:
        """Servers with the images, ports and settings that are remembered, by name."""
        made = {kind.name: kind(self.images, self.memory.ports) for kind in self.server_kinds}
        return {**made, Slack.name: Slack(self.images, self.memory.ports, asked.rate(self.memory.variant))}

    def run(self, name: str) -> None:
        """Have a container running as it is defined."""
        self.runner.run(name, self.container(name).definition())

    def container(self, name: str) -> ContainerPart:
        """A part that is a container."""
        return self.servers[name]

    def start(self, name: str) -> None:
        """Start a container that was stopped, by its definition and its image as they stand now."""
        self.renew_images([self.container(name).image_name])
        self.run(name)

    def restart(self, name: str) -> None:
        """The same of one that runs, which goes on while its image is made."""
        self.renew_images([self.container(name).image_name])
        self.halt(name)
        self.run(name)

    def halt(self, name: str) -> None:
        """Stop a container and wait for its end."""
        self.runner.halt(name, self.container(name).definition().stop_wait_s)

    def states(self) -> dict[str, ProcessState]:
        """What the engine says of each container; of one that it does not answer for, nobody knows that it is gone."""
        try:
            return self.runner.states()
        except faults.ContainerError as error:
            return dict.fromkeys(self.container_names, ProcessState("UNKNOWN", None, error.message))

    def is_running(self) -> bool:
        """Whether any container of it is there."""
        return bool(self.runner.states())

    def address(self, service: str) -> str:
        """The port on this machine."""
        return f"http://{LOOPBACK}:{self.memory.ports[service]}"

    def inner_address(self, service: str) -> str:
        """The name on the sandbox's network."""
        return self.servers[service].inner_endpoint

    def runtime_settings(self) -> dict[str, str]:
        """With the hosts that speak no TLS: they are on the sandbox's own network."""
        hosts = ",".join(host_of(name) for name in self.servers)
        return {**super().runtime_settings(), "plaintext_hosts": hosts}
