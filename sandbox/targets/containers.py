"""The containers target: every part one container on a Docker engine, without Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from sandbox.containers import workloads
from sandbox.containers.part import ContainerPart
from sandbox.containers.servers import Firehose
from sandbox.containers.workloads import Consumer, DeployedContainer, LogGenerator, Shipper
from sandbox.definitions import deployments
from sandbox.definitions import fluent_bit as definition
from sandbox.definitions.fluent_bit import FluentBit
from sandbox.install import prerequisites
from sandbox.instance import REPOSITORY
from sandbox.shipper.counters import Counters
from sandbox.shipper.pipeline import Pipeline
from sandbox.shipper.record_starts import RecordStarts
from sandbox.targets import following
from sandbox.targets.containerized import ContainerTarget
from sandbox.terminal import Terminal

OVERLAY = REPOSITORY / "k8s" / "overlays" / "containers"

#: Longer than any of them takes to end.
_STOP_S = 30

_WORKLOADS: tuple[type[DeployedContainer], ...] = (Consumer, LogGenerator)


class Containers(ContainerTarget):
    """One instance as containers."""

    name = "containers"
    early: ClassVar[tuple[str, ...]] = (Shipper.name,)

    @property
    def servers(self) -> Mapping[str, ContainerPart]:
        """What the workloads talk to, and the shipper."""
        shipper = Shipper(self.images, self.memory.ports, self.instance)
        return {**self.made(), Shipper.name: shipper}

    @property
    def container_names(self) -> Iterable[str]:
        """All parts."""
        return [*self.servers, *(kind.name for kind in _WORKLOADS)]

    def workloads(self) -> Mapping[str, DeployedContainer]:
        """The Deployments of `k8s/overlays/containers`; raises DefinitionError when one is missing or broken."""
        found = deployments.read(OVERLAY)
        settings = self.runtime_settings()
        return {
            kind.name: kind(self.images, self.memory.ports, self.instance, found[kind.name], settings)
            for kind in _WORKLOADS
        }

    def check_definitions(self) -> None:
        """The Deployments and the shipper's values."""
        deployments.read(OVERLAY)
        Pipeline(self._shipper_definition(), Counters())

    def record_starts(self) -> RecordStarts:
        """By the values of the shipper."""
        return RecordStarts(self._shipper_definition())

    def _shipper_definition(self) -> FluentBit:
        shipper = Shipper(self.images, self.memory.ports, self.instance)
        environment = {**shipper.environment(), "CALI_SHIPPER_STATE_DIR": str(self.instance.root)}
        return definition.load(shipper.values, environment)

    def prepare(self, terminal: Terminal) -> None:
        """Images, ports and the network."""
        prerequisites.check_machine(self.instance.home.root, installing=False)
        kinds: tuple[type[ContainerPart], ...] = (*self.server_kinds, Shipper, *_WORKLOADS)
        self.have_images((kind.image_name for kind in kinds), terminal)
        self.choose_ports({kind.name: kind.inner_port for kind in kinds if kind.inner_port})
        self.begin()
        with terminal.stage("network"):
            self.runner.network()

    def deploy(self, terminal: Terminal) -> None:
        """Start each Deployment's container."""
        del terminal  # it takes no time
        for name, workload in self.workloads().items():
            self.runner.run(name, workload.definition())

    def container(self, name: str) -> ContainerPart:
        """Any part."""
        return {**self.servers, **self.workloads()}[name]

    def stop(self) -> None:
        """Remove every container: the log generator and the shipper first, so that what was read is delivered."""
        running = self.states()
        for name in (LogGenerator.name, Shipper.name, Consumer.name, Firehose.name):
            if name in running:
                self.runner.halt(name, _STOP_S)
        self.runner.remove()

    def runtime_settings(self) -> dict[str, str]:
        """With where containers have the folders they share with this machine."""
        return {
            **super().runtime_settings(),
            "consumer_health_port": str(Consumer.inner_port),
            "container_log_dir": workloads.LOGS,
            "log_manifest": f"{workloads.GENERATED}/manifest.jsonl",
        }

    def log_names(self) -> list[str]:
        """Every container."""
        return list(self.states())

    def log_lines(self, names: list[str], lines: int, *, follow: bool) -> Iterator[tuple[str, str]]:
        """From the engine."""
        sources = [(name, self.runner.logs(name, lines, follow=follow)) for name in names]
        return following.merged(sources, follow=follow)
