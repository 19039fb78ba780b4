"""A Deployment or DaemonSet of the cluster as a part of the sandbox, and its pods as replicas."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sandbox.cluster.api import Api
from sandbox.cluster.faults import Faults, asked
from sandbox.services.base import Nature, NotReadyError, Part, ProcessState

#: A DaemonSet has no number of replicas: it is stopped by a label that no node has.
_NOWHERE = {"cali.sandbox/stopped": "true"}
_RESTARTED = "kubectl.kubernetes.io/restartedAt"

#: Longer than any pod's grace period.
_GONE_S = 60.0
_POLL_S = 0.3

#: How often a container may start before it counts as one that does not stay up.
_ATTEMPTS = 2


@dataclass(frozen=True)
class Counted:
    """How many pods of a workload there are.

    Attributes:
        wanted: How many there should be.
        ready: Those of the newest definition that do their work.
        current: Whether the controller has seen the newest definition.
    """

    wanted: int
    ready: int
    current: bool


class DeployedPart(Part):
    """A workload of the cluster.

    Args:
        api: The cluster.
        kind: What it is.
        namespace: Where it is.
        name: What the sandbox calls it.
        resource: Its name in the cluster, and that of its pods by their label, where it is another one.
        image: Its image.
        nature: What it really is.
        port: Where its pods listen; 0 for nowhere.
    """

    ready_s = 180.0

    def __init__(  # noqa: PLR0913 - what it is, field by field
        self,
        api: Api,
        *,
        kind: Literal["Deployment", "DaemonSet"],
        namespace: str,
        name: str,
        image: str,
        resource: str = "",
        nature: Nature = "real",
        port: int = 0,
    ) -> None:
        self.api = api
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.resource = resource or name
        self.image = image
        self.nature = nature
        self.port = port

    @property
    def endpoint(self) -> str:
        """What kubectl calls it."""
        return f"{self.kind.lower()}/{self.resource} -n {self.namespace}"

    def version(self) -> str:
        """Its image."""
        return self.image

    def probe(self) -> None:
        """All of its pods are of its newest definition and ready."""
        try:
            counted = self._counted()
            if counted.current and counted.wanted and counted.ready >= counted.wanted:
                return
            reasons = [reason for pod in self.pods() if (reason := _waits_for(pod))]
        except Faults as error:
            raise NotReadyError(self.name, f"the cluster does not tell: {type(error).__name__}") from error
        raise NotReadyError(self.name, reasons[0] if reasons else f"{counted.ready} of {counted.wanted} pods are ready")

    def pods(self) -> list[Any]:
        """Its pods."""
        return self.api.pods(self.namespace, self.resource)

    def state(self) -> ProcessState:
        """Of its pods as of one process."""
        counted = self._counted()
        if not counted.wanted:
            return ProcessState("STOPPED", None, "no pod is wanted")
        detail = f"{counted.ready} of {counted.wanted} pods"
        if counted.ready:
            return ProcessState("RUNNING", None, detail)
        restarts = max((_restarts(pod) for pod in self.pods()), default=0)
        if restarts > _ATTEMPTS and counted.current:  # else they are the pods of an older definition
            return ProcessState("FATAL", None, detail)
        return ProcessState("BACKOFF" if restarts else "STARTING", None, detail)

    def get_all(self, path: str) -> list[dict[str, Any]]:
        """What each of its ready pods answers to GET `path`."""
        ready = [pod.metadata.name for pod in self.pods() if not _waits_for(pod)]
        return [dict(self.api.ask(self.namespace, pod, self.port, path)) for pod in ready]

    def scale(self, replicas: int) -> None:
        """Want so many pods; of a DaemonSet one a node, or none. Raises ApiError."""
        selector = dict.fromkeys(_NOWHERE) if replicas else _NOWHERE
        with asked(f"scale {self.name}"):
            if self.kind == "Deployment":
                body: dict[str, Any] = {"spec": {"replicas": replicas}}
                self.api.apps.patch_namespaced_deployment_scale(self.resource, self.namespace, body)
            else:
                body = {"spec": {"template": {"spec": {"nodeSelector": selector}}}}
                self.api.apps.patch_namespaced_daemon_set(self.resource, self.namespace, body)

    def revive(self, replicas: int) -> None:
        """Want `replicas` pods of what was stopped, and new ones of what does not stay up; raises ApiError.

        A pod that ended again and again would be tried only minutes from now, though its reason may be gone.
        """
        with asked(f"tell the state of {self.name}"):
            state = self.state().state
        if state == "STOPPED":
            self.scale(replicas)
        elif state == "FATAL":
            self.roll()

    def wait_gone(self) -> None:
        """Until none of its pods is left, those on their way out included.

        Raises:
            NotReadyError: They stay.
            ApiError: The cluster does not tell.
        """
        selector = f"app.kubernetes.io/name={self.resource}"
        deadline = time.monotonic() + _GONE_S
        with asked(f"tell the pods of {self.name}"):
            while self.api.core.list_namespaced_pod(self.namespace, label_selector=selector).items:
                if time.monotonic() > deadline:
                    raise NotReadyError(self.name, f"its pods did not end within {_GONE_S:.0f} s")
                time.sleep(_POLL_S)

    def roll(self) -> None:
        """Replace its pods, as `kubectl rollout restart` does; raises ApiError."""
        annotations = {_RESTARTED: datetime.now(UTC).isoformat()}
        body = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        with asked(f"replace the pods of {self.name}"):
            if self.kind == "Deployment":
                self.api.apps.patch_namespaced_deployment(self.resource, self.namespace, body)
            else:
                self.api.apps.patch_namespaced_daemon_set(self.resource, self.namespace, body)

    def _counted(self) -> Counted:
        if self.kind == "Deployment":
            found = self.api.apps.read_namespaced_deployment(self.resource, self.namespace)
            status, wanted = found.status, found.spec.replicas
            ready = min(status.updated_replicas or 0, status.ready_replicas or 0)
            left = (status.replicas or 0) - (status.updated_replicas or 0)
        else:
            found = self.api.apps.read_namespaced_daemon_set(self.resource, self.namespace)
            status, wanted = found.status, found.status.desired_number_scheduled
            ready = min(status.updated_number_scheduled or 0, status.number_ready or 0)
            left = (wanted or 0) - (status.updated_number_scheduled or 0)
        current = (status.observed_generation or 0) >= found.metadata.generation and not left
        return Counted(wanted, ready, current)


@dataclass(frozen=True)
class PodReplicas:
    """The pods of a workload, asked through the API server."""

    part: DeployedPart

    def get(self, path: str) -> list[dict[str, Any]]:
        """Each ready pod's answer."""
        try:
            return self.part.get_all(path)
        except Faults as error:
            raise NotReadyError(self.part.name, f"the cluster does not reach its pods: {error}") from error


def _waits_for(pod: Any) -> str:
    """Why a pod is not ready; empty when it is."""
    conditions = {condition.type: condition for condition in pod.status.conditions or ()}
    if (ready := conditions.get("Ready")) and ready.status == "True":
        return ""
    statuses = itertools.chain(pod.status.init_container_statuses or (), pod.status.container_statuses or ())
    for status in statuses:
        waiting, ended = status.state.waiting, status.state.terminated
        if waiting and waiting.reason != "ContainerCreating":
            return f"{pod.metadata.name}: {waiting.reason}: {waiting.message or ''}".rstrip(": ")
        if ended:
            return f"{pod.metadata.name}: ended with {ended.exit_code}"
    scheduled = conditions.get("PodScheduled")
    if scheduled and scheduled.status != "True":
        return f"{pod.metadata.name}: {scheduled.message}"
    return f"{pod.metadata.name} is not ready"


def _restarts(pod: Any) -> int:
    return max((status.restart_count for status in pod.status.container_statuses or ()), default=0)
