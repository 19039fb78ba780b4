"""The kind target: the emulators as containers, the workloads on a Kubernetes node beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from sandbox.cluster import manifests, releases
from sandbox.cluster.api import Api
from sandbox.cluster.faults import Faults, reason
from sandbox.cluster.node import Node
from sandbox.cluster.parts import deployed
from sandbox.cluster.releases import FLUENT_BIT
from sandbox.cluster.workload import DeployedPart, PodReplicas
from sandbox.containers.kinesis_tls import KinesisTls
from sandbox.containers.part import ContainerPart
from sandbox.definitions import fluent_bit as definition
from sandbox.definitions.kustomization import Manifest
from sandbox.doctor.containers import docker_command
from sandbox.helm.errors import ChartUnavailableError
from sandbox.images.errors import ToolMissingError, UnpublishedError
from sandbox.images.shelf import is_built
from sandbox.images.tools import tool
from sandbox.install import prerequisites
from sandbox.instance import Instance
from sandbox.replicas import OneServer, Replicas
from sandbox.services.base import Part, ProcessState
from sandbox.shipper.counters import Counters
from sandbox.shipper.pipeline import Pipeline
from sandbox.shipper.record_starts import RecordStarts
from sandbox.targets import following
from sandbox.targets.background import Background
from sandbox.targets.containerized import ContainerTarget
from sandbox.terminal import Terminal

#: Images that are loaded into the node, and the node's own.
_DEPLOYED = ("consumer", "log-generator", "sandbox", "metrics-server")
_NODE = "kind-node"

_WORKLOADS = ("Deployment", "DaemonSet")

#: As many consumers as the autoscaler starts with.
_CONSUMERS = 2


class Kind(ContainerTarget):
    """One instance as containers and pods."""

    name = "kind"
    early: ClassVar[tuple[str, ...]] = (KinesisTls.name,)

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.node = Node(self.runner)
        self.api = Api(self.node.kubeconfig)
        self._cluster = Background(lambda: None)

    @property
    def servers(self) -> Mapping[str, ContainerPart]:
        """The containers beside the cluster; the last one for Fluent Bit alone."""
        servers = self.made()
        if FLUENT_BIT in self.images:
            servers[KinesisTls.name] = self._kinesis_tls
        return servers

    @property
    def _kinesis_tls(self) -> KinesisTls:
        return KinesisTls(self.images, self.memory.ports, self.instance)

    @property
    def _deployed(self) -> dict[str, DeployedPart]:
        return deployed(self.api, self.images)

    def workloads(self) -> Mapping[str, Part]:
        """What runs in the cluster."""
        return self._deployed

    def check_definitions(self) -> None:
        """The overlays and the shipper's values."""
        manifests.exist()
        Pipeline(definition.load(list(manifests.VALUES.values()), self._shipper_environment()), Counters())

    def record_starts(self) -> RecordStarts:
        """By the values that the shipper's ConfigMap is made of."""
        return RecordStarts(definition.load(list(manifests.VALUES.values()), self._shipper_environment()))

    def prepare(self, terminal: Terminal) -> None:
        """What Terraform needs, images, ports, the network, and the cluster on its way."""
        prerequisites.check_machine(self.instance.home.root, installing=False)
        docker_command()
        program = tool("kind", terminal)
        self.have_images((*(kind.image_name for kind in self.server_kinds), *_DEPLOYED, _NODE), terminal)
        self._choose_shipper(terminal)
        self.choose_ports({part.name: part.inner_port for part in self.servers.values()})
        self.begin()
        with terminal.stage("network"):
            self.runner.network()
        self.node.begin(program, self.images[_NODE], own_image=is_built(self.images[_NODE]))
        self.api.forget()  # It may have been asked about a node that was replaced just now.
        self._cluster = Background(lambda: self._fill(program))

    def _choose_shipper(self, terminal: Terminal) -> None:
        """Fluent Bit itself where its image and its chart can be had, else the stand-in."""
        try:
            self.have_images([FLUENT_BIT], terminal)
            releases.have_fluent_bit()
        except (UnpublishedError, ChartUnavailableError, ToolMissingError) as error:
            self.leave_image(FLUENT_BIT)
            self.runner.drop(KinesisTls.name)  # of an `up` that had both
            terminal.say(f"{error.message}: the stand-in for Fluent Bit executes its values")

    @property
    def _in_cluster(self) -> list[str]:
        """The images that the node is to have."""
        chosen = (FLUENT_BIT,) if FLUENT_BIT in self.images else ()
        return [self.images[name] for name in (*_DEPLOYED, *chosen)]

    def _fill(self, program: Path) -> None:
        """Wait for the node and load the images, while Terraform is at work."""
        self.node.wait(self.images[_NODE])
        self.node.load(program, self._in_cluster)
        self.api.wait()

    def deploy(self, terminal: Terminal) -> None:
        """Wait for the cluster with its images, and apply everything."""
        with terminal.stage("cluster, with its images"):
            self._cluster.result()
        with terminal.stage("kubectl apply"):
            for name in set(manifests.SHIPPERS) - {manifests.shipper(self.images)}:
                self.api.remove_daemon_set(manifests.SHIPPING, name)
            self.api.apply(self._manifests())
            for part in self._deployed.values():
                part.revive(_replicas(part.name))

    def _manifests(self) -> list[Manifest]:
        certificates = self._kinesis_tls.certificates
        authority = certificates.authority.read_text() if FLUENT_BIT in self.images else ""
        return manifests.build(self.runtime_settings(), self.images, authority)

    def start(self, name: str) -> None:
        """A container, or a workload, by its definitions and its image as they stand now."""
        if name in self.servers:
            super().start(name)
            return
        self.renew_images(_DEPLOYED)
        self.node.load(tool("kind", Terminal(to_stderr=True)), self._in_cluster)
        # What else was stopped stays so: its own definition would want pods of it.
        others = {part.resource for part in self._deployed.values() if part.name != name}
        built = self._manifests()
        self.api.apply([m for m in built if m["kind"] not in _WORKLOADS or m["metadata"]["name"] not in others])
        self._deployed[name].revive(_replicas(name))

    def restart(self, name: str) -> None:
        """A workload's pods are replaced one after the other; a container is stopped and started."""
        if name in self.servers:
            super().restart(name)
            return
        self.start(name)
        self._deployed[name].roll()

    def halt(self, name: str) -> None:
        """Stop a container, or want no pod of a workload, and wait for its end."""
        if name in self.servers:
            super().halt(name)
            return
        part = self._deployed[name]
        part.scale(0)
        part.wait_gone()

    def states(self) -> dict[str, ProcessState]:
        """What the engine says of each container, and the cluster of each workload."""
        states = super().states()
        return {**states, **{name: self._state(part) for name, part in self._deployed.items()}} if states else {}

    def _state(self, part: DeployedPart) -> ProcessState:
        if not self.node.is_made:
            return ProcessState("UNKNOWN", None, "there is no whole cluster")
        try:
            return part.state()
        except Faults as error:  # It may be back in a moment.
            return ProcessState("UNKNOWN", None, f"the cluster does not tell: {reason(error)}")

    def stop(self) -> None:
        """Remove everything: nothing of it outlives `down`."""
        # It takes the longest, and nothing waits for it but the network.
        node = Background(self.node.remove)
        self.runner.remove_containers()
        node.result()
        self.node.empty(self.images.get(_NODE, ""))
        self.runner.remove_rest()

    def replicas(self, service: str) -> Replicas:
        """Pods are asked through the API server."""
        part = self._deployed.get(service)
        return PodReplicas(part) if part else OneServer(self.address(service))

    def log_names(self) -> list[str]:
        """Every container and workload."""
        return list(self.states())

    def log_lines(self, names: list[str], lines: int, *, follow: bool) -> Iterator[tuple[str, str]]:
        """From the engine and from the API server."""
        sources: list[tuple[str, Iterable[str]]] = []
        for name in names:
            if part := self._deployed.get(name):
                sources += [(name, stream) for stream in self._pod_logs(part, lines, follow=follow)]
            else:
                sources.append((name, self.runner.logs(name, lines, follow=follow)))
        return following.merged(sources, follow=follow)

    def _pod_logs(self, part: DeployedPart, lines: int, *, follow: bool) -> list[Iterable[str]]:
        try:
            pods = [pod.metadata.name for pod in part.pods()]
        except Faults as error:
            return [[f"the cluster does not tell its pods: {reason(error)}"]]
        return [self.api.log_lines(part.namespace, pod, lines, follow=follow) for pod in pods]

    def _shipper_environment(self) -> dict[str, str]:
        """What the values refer to, as the DaemonSet sets it; checked here without a node's folders."""
        return {"CALI_SHIPPER_STATE_DIR": str(self.instance.root), "AWS_ENDPOINT_URL": "http://127.0.0.1"}


def _replicas(name: str) -> int:
    """How many pods a workload is started with."""
    return _CONSUMERS if name == "consumer" else 1
