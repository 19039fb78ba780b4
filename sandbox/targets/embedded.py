"""The embedded target: every part a plain process on this machine, no Docker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from sandbox import ports
from sandbox.definitions import deployments
from sandbox.definitions import fluent_bit as definition
from sandbox.definitions.errors import DefinitionError
from sandbox.instance import REPOSITORY, Instance
from sandbox.knowledge import threshold
from sandbox.ports import LOOPBACK
from sandbox.services import fluent_bit
from sandbox.services.aws import Aws
from sandbox.services.base import Service
from sandbox.services.firehose import Firehose
from sandbox.services.fluent_bit import FluentBit, KinesisTls
from sandbox.services.milvus import Milvus
from sandbox.services.model import Model
from sandbox.services.opensearch import OpenSearch
from sandbox.services.shipper import Shipper
from sandbox.services.slack import Slack, asked_rate
from sandbox.services.workloads import Consumer, DeployedService, LogGenerator
from sandbox.settings import REGION
from sandbox.shipper.counters import Counters
from sandbox.shipper.pipeline import Pipeline
from sandbox.status import Report, take
from sandbox.stores import Stores
from sandbox.supervision import Supervisor

OVERLAY = REPOSITORY / "k8s" / "overlays" / "embedded"

_SERVERS: tuple[type[Service], ...] = (Aws, OpenSearch, Milvus, Model, Slack, Firehose, Shipper, KinesisTls)
_WORKLOADS: tuple[type[DeployedService], ...] = (Consumer, LogGenerator)


class Embedded:
    """One instance on the embedded target: its services, where they are reached, what they do now."""

    name = "embedded"

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.memory = instance.read()
        self.supervisor = Supervisor(instance)

    def choose_ports(self, environment: Mapping[str, str]) -> None:
        """Give every service its port and remember it.

        Raises:
            PortTakenError: A port that `environment` asks for by CALI_PORT_<SERVICE> is in use.
            UsageError: Such a variable holds no port.
        """
        defaults = {kind.name: kind.default_port for kind in (*_SERVERS, *_WORKLOADS) if kind.default_port}
        for kind in _SERVERS:
            defaults |= kind.extra_ports
        asked = ports.requested(defaults, environment)
        running = set(self.supervisor.states())
        for kind in _SERVERS:
            running |= set(kind.extra_ports) if kind.name in running else set()
        own = {name: port for name, port in self.memory.ports.items() if name in running}
        # What runs keeps its port: only a service that is to be started needs a free one.
        wanted = {name: port for name, port in defaults.items() if name not in own}
        chosen = ports.allocate(
            wanted,
            asked={name: port for name, port in asked.items() if own.get(name) != port},
            remembered=self.memory.ports,
            owner=str(self.instance.root),
        )
        self.memory.ports = {**own, **chosen}
        self.memory.variant["fluent-bit"] = fluent_bit.found()
        self.instance.write(self.memory)

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

    @cached_property
    def servers(self) -> dict[str, Service]:
        """Everything but the workloads, by name, in the order it is started."""
        servers = {kind.name: kind(self.instance, self.memory.ports) for kind in _SERVERS}
        if binary := self.memory.variant.get("fluent-bit"):
            servers[Shipper.name] = FluentBit(self.instance, self.memory.ports, binary)
        else:
            del servers[KinesisTls.name]
        return servers

    def workloads(self) -> dict[str, DeployedService]:
        """The Deployments of `k8s/overlays/embedded`, by name; raises DefinitionError when one is missing or broken."""
        found = deployments.read(OVERLAY)
        settings = self.runtime_settings()
        return {k.name: k(self.instance, self.memory.ports, found[k.name], settings) for k in _WORKLOADS}

    def services(self) -> dict[str, Service]:
        """All services by name."""
        return {**self.servers, **self.workloads()}

    def address(self, service: str) -> str:
        """Where a service is reached."""
        return f"http://{LOOPBACK}:{self.memory.ports[service]}"

    def runtime_settings(self) -> dict[str, str]:
        """The ConfigMap `cali-runtime`: Terraform's outputs and the addresses of this instance."""
        fitted = threshold.committed()
        rate = asked_rate(os.environ)
        return {
            **self.memory.outputs,
            **({"slack_rate": rate} if rate else {}),
            "region": REGION,
            "aws_endpoint": self.address("aws"),
            "milvus_uri": self.address("milvus"),
            "model_base_url": f"{self.address('model')}/v1",
            "slack_base_url": f"{self.address('slack')}/api/",
            "chat_model": "cali-analyst",
            "embedding_model": fitted.model,
            "embedding_dimension": str(fitted.dimension),
            "similarity_threshold": str(fitted.threshold),
            "consumer_health_port": str(self.memory.ports["consumer"]),
            "container_log_dir": str(self.instance.containers),
            "log_manifest": str(self.instance.state("log-generator") / "manifest.jsonl"),
        }

    def stores(self) -> Stores:
        """Clients of this instance's stores."""
        return Stores(
            region=REGION,
            outputs=self.memory.outputs,
            containers=self.instance.containers,
            real_shipper=bool(self.memory.variant.get("fluent-bit")),
            **{
                name: self.address(name)
                for name in ("aws", "firehose", "opensearch", "milvus", "model", "slack", "shipper", "consumer")
            },
        )

    def stop(self) -> None:
        """End every process, along the way a record takes, so that what was read is delivered."""
        self.supervisor.stop(first=("log-generator", "shipper", "consumer", "firehose"))

    def report(self) -> Report:
        """What every service and every step is doing now."""
        return take(self.name, self.services(), self.supervisor.states(), self.stores())
