"""The autoscaler: more consumers under load, more done the more there are, and as many as before when it is over.

A machine has no more cores for more consumers, and one that idles gives two of them all they want. So each is held to
the CPU that it requests, which is what a pod can count on: on a node that is full it gets no more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kubernetes import client

from e2e import leases
from e2e.autoscaling.conftest import SHARDS
from e2e.autoscaling.error_storm import ErrorStorm
from e2e.kind_pipeline import KindPipeline
from e2e.waiting import eventually

Report = Callable[[str], None]

#: As few as the autoscaler keeps.
_FEWEST = 2

_LOOK_S = 2.0
#: How long a number of consumers is watched.
_WATCHED_S = 45.0
#: A cluster measures every 15 s and decides every 15 s; a new consumer starts with little CPU.
_PATIENCE_S = 420.0
#: What a consumer reads of a shard at once: what it read counts when it is done with all of it.
_AT_ONCE = 1_000
#: Enough for every reader between two looks.
_UNREAD = 12_000


class Consumers:
    """What the consumers have read, and how many of them hold shards.

    Args:
        cluster: The sandbox.
    """

    def __init__(self, cluster: KindPipeline) -> None:
        self._cluster = cluster
        self._seen = self._counters()
        self._at = time.monotonic()
        self.read = 0
        #: Seconds watched and records read, by how many consumers held shards.
        self.by_holders: dict[int, tuple[float, int]] = {}

    def look(self) -> None:
        """Count what was read since the last look."""
        holders = {owner for owner in leases.owners(self._cluster).values() if owner}
        now, read = time.monotonic(), self._counters()
        more = sum(count - self._seen.get(pod, 0) for pod, count in read.items())
        seconds, records = self.by_holders.get(len(holders), (0.0, 0))
        self.by_holders[len(holders)] = (seconds + now - self._at, records + more)
        self._at, self.read = now, self.read + more
        self._seen |= read

    def rates(self) -> dict[int, float]:
        """Records a second, by how many consumers held shards for long enough to tell."""
        return {n: records / seconds for n, (seconds, records) in self.by_holders.items() if seconds >= _WATCHED_S / 2}

    def watched_s(self, holders: int) -> float:
        """For how long so many, or more, held shards."""
        return sum(seconds for number, (seconds, _) in self.by_holders.items() if number >= holders)

    def _counters(self) -> dict[str, int]:
        counts = {}
        for pod in self._cluster.pods("consumer"):
            if any(status.ready for status in pod.status.container_statuses or ()):
                name = f"{pod.metadata.name}:8080"
                answer = self._cluster.core.connect_get_namespaced_pod_proxy_with_path(
                    name, "cali", "status", _preload_content=False, _request_timeout=10
                )
                counts[pod.metadata.name] = int(json.loads(answer.data)["counters"]["read"])
        return counts


@pytest.fixture
def held_to_its_request(cluster: KindPipeline) -> Iterator[None]:
    """Every consumer gets the CPU that it requests, and no more."""
    deployment = cluster.apps.read_namespaced_deployment("consumer", "cali")
    requested = deployment.spec.template.spec.containers[0].resources.requests["cpu"]
    batch = {"name": "CALI_BATCH_SIZE", "value": str(_AT_ONCE)}
    _change(cluster, resources={"limits": {"cpu": requested}}, env=[batch])
    yield
    _change(cluster, resources={"limits": {"cpu": None}}, env=[{**batch, "$patch": "delete"}])


def _change(cluster: KindPipeline, **container: object) -> None:
    containers = [{"name": "consumer", **container}]
    change = {"spec": {"template": {"spec": {"containers": containers}}}}
    made = cluster.apps.patch_namespaced_deployment("consumer", "cali", change).metadata.generation

    def rolled_out() -> bool:
        status, wanted = cluster.apps.read_namespaced_deployment("consumer", "cali").status, _wanted(cluster)
        numbers = (status.replicas, status.updated_replicas, status.ready_replicas)
        return status.observed_generation >= made and numbers == (wanted, wanted, wanted)

    eventually(rolled_out, "every consumer replaced", within_s=240)


def _wanted(cluster: KindPipeline) -> int:
    return int(cluster.apps.read_namespaced_deployment("consumer", "cali").spec.replicas)


def _utilization(cluster: KindPipeline) -> int:
    """Percent of the CPU requested; 0 while nothing is measured."""
    api: Any = client.AutoscalingV2Api(cluster.kubernetes)
    status = api.read_namespaced_horizontal_pod_autoscaler("consumer", "cali").status
    measured = [
        metric.resource.current.average_utilization for metric in status.current_metrics or () if metric.resource
    ]
    return int(measured[0] or 0) if measured else 0


def _rested(cluster: KindPipeline) -> bool:
    return _wanted(cluster) == len(cluster.pods("consumer")) == _FEWEST and 0 < _utilization(cluster) < 70


@pytest.mark.usefixtures("held_to_its_request")
def test_consumers_follow_the_load_and_throughput_the_consumers(cluster: KindPipeline, report: Report) -> None:
    eventually(lambda: _rested(cluster), "two consumers at rest, measured", within_s=240)
    consumers = Consumers(cluster)
    storm = ErrorStorm(cluster, lambda: consumers.read, _UNREAD)
    begun, most = time.monotonic(), 0
    storm.start()
    try:
        while consumers.watched_s(SHARDS) < _WATCHED_S and time.monotonic() < begun + _PATIENCE_S:
            time.sleep(_LOOK_S)
            consumers.look()
            most = max(most, _wanted(cluster))
    finally:
        storm.stop()
    rates = consumers.rates()
    shown = ", ".join(f"{number} read {rate:.0f}/s" for number, rate in sorted(rates.items()))
    report(f"{most} consumers wanted at most; of those with shards, {shown}")
    assert most > _FEWEST, f"the autoscaler added none at {_utilization(cluster)} %"
    assert set(rates) >= {_FEWEST, SHARDS}, rates
    assert rates[SHARDS] > 1.15 * rates[_FEWEST], rates
    calm = time.monotonic()
    eventually(lambda: _wanted(cluster) == _FEWEST, "two consumers again", within_s=420)
    report(f"two again {time.monotonic() - calm:.0f} s after the load")
