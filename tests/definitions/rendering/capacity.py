"""Places pods on nodes as the scheduler does, to see whether they fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.definitions.rendering.renders import Manifest, pods

_UNITS = {"Ki": 1 / 1024, "Mi": 1.0, "Gi": 1024.0}


@dataclass(frozen=True)
class Pod:
    """What one pod asks for: thousandths of a CPU, and MiB."""

    name: str
    cpu: int
    memory: int


@dataclass
class Node:
    """A node, and what it was given."""

    cpu: int
    memory: int
    slots: int
    pods: list[Pod] = field(default_factory=list)

    def takes(self, pod: Pod) -> bool:
        """Whether there is room for `pod`."""
        cpu, memory = self.asked()
        return len(self.pods) < self.slots and cpu + pod.cpu <= self.cpu and memory + pod.memory <= self.memory

    def asked(self) -> tuple[int, int]:
        """CPU and memory that its pods ask for."""
        return sum(pod.cpu for pod in self.pods), sum(pod.memory for pod in self.pods)

    def load(self) -> float:
        """How full it is, as the scheduler's rule LeastAllocated counts: the mean share of CPU and memory."""
        cpu, memory = self.asked()
        return (cpu / self.cpu + memory / self.memory) / 2

    def __str__(self) -> str:
        cpu, memory = self.asked()
        names = ", ".join(f"{pod.name} ({pod.cpu}m, {pod.memory} MiB)" for pod in self.pods)
        return f"{cpu}m of {self.cpu}m, {memory} of {self.memory} MiB, {len(self.pods)} of {self.slots} pods: {names}"


def nodes(facts: dict[str, Any], count: int, daemons: Iterable[Pod]) -> list[Node]:
    """`count` nodes with the daemons that run on each."""
    offered, reserved = facts["node"], facts["reserved"]
    cpu, memory = offered["cpu"] - reserved["cpu"], offered["memory"] - reserved["memory"]
    return [Node(cpu, memory, offered["pods"], list(daemons)) for _ in range(count)]


def place(pod: Pod, cluster: list[Node]) -> bool:
    """Put `pod` on the emptiest node that takes it, as the default scheduler does; False when none does."""
    if not (room := [node for node in cluster if node.takes(pod)]):
        return False
    min(room, key=Node.load).pods.append(pod)
    return True


def requests(manifests: list[Manifest]) -> Iterator[tuple[str, int, Pod]]:
    """Each workload's kind, replicas and what one pod of it asks for."""
    for workload, spec in pods(manifests):
        # Containers that run first need their room only until the others start.
        first = [_asked(container) for container in spec.get("initContainers") or []]
        rest = [_asked(container) for container in spec["containers"]]
        cpu, memory = (max([sum(a[i] for a in rest), *(a[i] for a in first)]) for i in (0, 1))
        replicas = workload["spec"].get("replicas", 1)
        yield workload["kind"], replicas, Pod(workload["metadata"]["name"], cpu, memory)


def _asked(container: Manifest) -> tuple[int, int]:
    asked = (container.get("resources") or {}).get("requests") or {}
    return _cpu(str(asked.get("cpu", "0"))), _memory(str(asked.get("memory", "0Mi")))


def _cpu(text: str) -> int:
    return int(text[:-1]) if text.endswith("m") else round(float(text) * 1000)


def _memory(text: str) -> int:
    match = re.fullmatch(r"(\d+)(Ki|Mi|Gi)", text)
    assert match, f"{text!r} is no memory in Ki, Mi or Gi"
    return round(int(match[1]) * _UNITS[match[2]])
