"""The embedded target: every part a plain process on this machine, no Docker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from sandbox import install, log_files, ports
from sandbox.definitions import deployments
from sandbox.definitions import fluent_bit as definition
from sandbox.definitions.errors import DefinitionError
from sandbox.instance import REPOSITORY, Instance
from sandbox.ports import LOOPBACK
from sandbox.services import fluent_bit
from sandbox.services.aws import Aws
from sandbox.services.base import ProcessState, Service
from sandbox.services.firehose import Firehose
from sandbox.services.fluent_bit import FluentBit, KinesisTls
from sandbox.services.identity import Identity
from sandbox.services.localstack import LocalStack
from sandbox.services.milvus import Milvus
from sandbox.services.model import Model
from sandbox.services.opensearch import OpenSearch
from sandbox.services.shipper import Shipper
from sandbox.services.slack import Slack
from sandbox.services.workloads import Consumer, DeployedService, LogGenerator
from sandbox.shipper.counters import Counters
from sandbox.shipper.pipeline import Pipeline
from sandbox.shipper.record_starts import RecordStarts
from sandbox.supervision import Supervisor
from sandbox.targets import asked
from sandbox.targets.target import Target
from sandbox.terminal import Terminal

OVERLAY = REPOSITORY / "k8s" / "overlays" / "embedded"

_SERVERS: tuple[type[Service], ...] = (Aws, Identity, OpenSearch, Milvus, Model, Slack, Firehose, Shipper, KinesisTls)
_EMULATORS: Mapping[str, type[Service]] = {"ministack": Aws, "localstack": LocalStack}
_WORKLOADS: tuple[type[DeployedService], ...] = (Consumer, LogGenerator)


class Embedded(Target):
    """One instance as processes of a supervisor."""

    name = "embedded"
    emulators = tuple(_EMULATORS)
    early = (KinesisTls.name, Shipper.name)

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.supervisor = Supervisor(instance)

    def choose_ports(self, environment: Mapping[str, str]) -> None:
        """Give every service its port; see `ports.choose` for what it raises."""
        defaults = {kind.name: kind.default_port for kind in (*_SERVERS, *_WORKLOADS) if kind.default_port}
        for kind in _SERVERS:
            defaults |= kind.extra_ports
        running = set(self.supervisor.states())
        for kind in _SERVERS:
            running |= set(kind.extra_ports) if kind.name in running else set()
        self.memory.ports = ports.choose(
            defaults,
            environment=environment,
            running=running,
            remembered=self.memory.ports,
            owner=str(self.instance.root),
        )
        self.memory.variant["fluent-bit"] = fluent_bit.found()

    def check_definitions(self) -> None:
        """Read what can be read before anything runs; raises DefinitionError for what is broken."""
        found = deployments.read(OVERLAY)
        for kind in _WORKLOADS:
            if kind.name not in found:
                raise DefinitionError(OVERLAY, f"Deployment/{kind.name}", "is missing")
        for workload in found.values():
            if workload.replicas != 1:
                problem = f"{workload.replicas} replicas: as plain processes each Deployment has one"
                raise DefinitionError(OVERLAY, f"Deployment/{workload.name}", problem)
        shipper = Shipper(self.instance, {"aws": 0})
        environment = {**shipper.environment(), "CALI_SHIPPER_STATE_DIR": str(self.instance.root)}
        Pipeline(definition.load(shipper.values, environment), Counters())

    @property
    def servers(self) -> dict[str, Service]:
        """Everything but the workloads, by name, in the order it is started."""
        servers = {kind.name: kind(self.instance, self._ports) for kind in _SERVERS}
        servers[Aws.name] = _EMULATORS[self.emulator](self.instance, self._ports)
        servers[Slack.name] = Slack(self.instance, self._ports, asked.rate(self.memory.variant))
        if Identity.name not in self._ports:
            del servers[Identity.name]
        if binary := self.memory.variant.get("fluent-bit"):
            servers[Shipper.name] = FluentBit(self.instance, self._ports, binary)
        else:
            del servers[KinesisTls.name]
        return servers

    @property
    def _ports(self) -> dict[str, int]:
        """The ports, without that of Pod Identity where the emulator holds nobody to a role."""
        left_out = () if self.emulator == "ministack" else (Identity.name,)
        return {name: port for name, port in self.memory.ports.items() if name not in left_out}

    def workloads(self) -> dict[str, DeployedService]:
        """The Deployments of `k8s/overlays/embedded`, by name; raises DefinitionError when one is missing or broken."""
        found = deployments.read(OVERLAY)
        settings = self.runtime_settings()
        return {k.name: k(self.instance, self._ports, found[k.name], settings) for k in _WORKLOADS}

    def address(self, service: str) -> str:
        """Where a part is reached."""
        return f"http://{LOOPBACK}:{self.memory.ports[service]}"

    def runtime_settings(self) -> dict[str, str]:
        """With what pods are given by a cluster: a port each, and log files."""
        return {
            **super().runtime_settings(),
            "consumer_health_port": str(self.memory.ports["consumer"]),
            "container_log_dir": str(self.instance.containers),
            "log_manifest": str(self.instance.state("log-generator") / "manifest.jsonl"),
        }

    def record_starts(self) -> RecordStarts:
        """By the values and the environment of the shipper."""
        shipper = Shipper(self.instance, self._ports)
        return RecordStarts(definition.load(shipper.values, shipper.program().environment))

    def prepare(self, terminal: Terminal) -> None:
        """Environments and tools, ports, and the supervisor."""
        install.ensure_all(self.instance.home, terminal, self.emulator)
        self.choose_ports(os.environ)
        self.begin()
        with terminal.stage("supervisor"):
            self.supervisor.start()

    def run(self, name: str) -> None:
        """Have a process running as its definition stands."""
        self.supervisor.run(name, self.servers[name].program())

    def deploy(self, terminal: Terminal) -> None:
        """Start each Deployment's process."""
        del terminal  # it takes no time
        for name, workload in self.workloads().items():
            self.supervisor.run(name, workload.program())

    def start(self, name: str) -> None:
        """Start a process that was stopped; raises PortLostError when a stranger has its port by now."""
        service = {**self.servers, **self.workloads()}[name]
        process = self.supervisor.states().get(name)
        # Some servers share a port with a stranger without a word, and then get half of its calls.
        if (process is None or process.pid is None) and service.port and not ports.is_free(service.port):
            raise ports.PortLostError(name, service.port)
        self.supervisor.run(name, service.program())

    def halt(self, name: str) -> None:
        """Stop a process and wait for its end."""
        self.supervisor.stop_one(name)

    def states(self) -> dict[str, ProcessState]:
        """What the supervisor says of each process."""
        return self.supervisor.states()

    def is_running(self) -> bool:
        """Whether the supervisor answers."""
        return self.supervisor.is_running()

    def stop(self) -> None:
        """End every process."""
        self.supervisor.stop(first=("log-generator", "shipper", "consumer", "firehose"))

    def log_names(self) -> list[str]:
        """Every process that ever wrote one, and the supervisor."""
        return log_files.names(self.instance.logs)

    def log_lines(self, names: list[str], lines: int, *, follow: bool) -> Iterator[tuple[str, str]]:
        """From the files the supervisor writes."""
        return log_files.lines(self.instance.logs, names, lines, follow=follow)
