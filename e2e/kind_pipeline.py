"""A sandbox on a kind node under test: what the shared tests read of it, through clients of their own."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import Any

from docker.models.containers import Container
from kubernetes import client, config

from e2e.engine_pipeline import EnginePipeline

_NAMESPACE = "cali"
_LINE = re.compile(r"^(\S+) (.*)$")


class KindPipeline(EnginePipeline):
    """The sandbox as containers and pods."""

    @cached_property
    def kubernetes(self) -> Any:  # the package has no types
        """The API server, by the instance's own kubeconfig."""
        return config.new_client_from_config(str(self.folder / "run" / "kubeconfig"))

    @cached_property
    def core(self) -> Any:
        """Pods and their logs."""
        return client.CoreV1Api(self.kubernetes)

    @cached_property
    def apps(self) -> Any:
        """Deployments."""
        return client.AppsV1Api(self.kubernetes)

    @property
    def node(self) -> Container:
        """The node's container."""
        found = self.docker.containers.list(filters={"label": "io.x-k8s.kind.cluster"})
        [node] = [one for one in found if f"-{self.instance}-" in f"{one.name}"]
        return node

    def pods(self, name: str) -> list[Any]:
        """The pods of a workload that are not on their way out."""
        found = self.core.list_namespaced_pod(_NAMESPACE, label_selector=f"app.kubernetes.io/name={name}").items
        return [pod for pod in found if pod.metadata.deletion_timestamp is None]

    def ports(self) -> set[int]:
        """The API server's too."""
        return {int(self.kubernetes.configuration.host.rpartition(":")[2]), *super().ports()}

    def container_logs(self) -> dict[str, bytes]:
        """As the node has them, without links to logs of containers that are gone."""
        folder = "/var/log/containers"
        names = self.on_node("find", "-L", folder, "-name", "*.log", "-type", "f", "-printf", "%f\\n").decode().split()
        return {name: self.on_node("cat", f"{folder}/{name}") for name in names}

    def on_node(self, *command: str) -> bytes:
        """What a command on the node prints; fails when the command does."""
        code, output = self.node.exec_run(list(command))
        assert isinstance(output, bytes)
        assert code == 0, f"{' '.join(command)} exited with {code}: {output.decode(errors='replace')}"
        return output

    def generated(self) -> list[dict[str, str]]:
        """The JSON lines of the generator's pod, as the API server tells them, with the container's file name."""
        [pod] = self.pods("log-generator")
        container = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        log_file = f"{pod.metadata.name}_{_NAMESPACE}_log-generator-{container}.log"
        answer = self.core.read_namespaced_pod_log(
            pod.metadata.name, _NAMESPACE, timestamps=True, limit_bytes=200_000, _preload_content=False
        )
        lines = [match.groups() for line in answer.data.decode().splitlines() if (match := _LINE.match(line))]
        return [{"log_file": log_file, "time": _as_written(time)} for time, said in lines if said.startswith("{")][:200]


def _as_written(time: str) -> str:
    """The API server fills a time up to nine digits; the container runtime wrote it without zeros at the end.

    >>> _as_written("2026-01-01T00:00:00.120000000Z")
    '2026-01-01T00:00:00.12Z'
    """
    datetime.fromisoformat(time)  # anything else is no time
    whole, _, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"
