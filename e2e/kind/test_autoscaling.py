"""The autoscaler: more consumers under load, as many as before when it is over, and more done the more there are.

The load goes straight into the stream, and Firehose rests: what the emulator can do is the consumers' alone. Where even
that keeps two consumers below the target, the autoscaler is right to add none: the test says so and skips.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from kubernetes import client

from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import STREAM
from e2e.waiting import eventually

Report = Callable[[str], None]

_WRITERS = 4
_BATCH = 100
_WINDOW_S = 5.0

#: A cluster measures every 15 s and decides every 15 s.
_PATIENCE_S = 180.0


class Flood:
    """Records that need nothing but to be read and validated, as many as the emulator takes.

    Args:
        pipeline: The sandbox.
    """

    def __init__(self, pipeline: KindPipeline) -> None:
        self._pipeline = pipeline
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(_WRITERS)]
        self._counts = [0] * _WRITERS

    @property
    def written(self) -> int:
        """How many the stream took."""
        return sum(self._counts)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _write(self, writer: int) -> None:
        kinesis = self._pipeline.boto3("kinesis")
        while not self._ending.is_set():
            now = datetime.now(UTC).isoformat()
            record = {"timestamp": now, "time": now, "level": "INFO", "service": "flood", "log_file": "flood.log"}
            batch = [
                {"Data": json.dumps({**record, "message": f"ok {n}"}).encode(), "PartitionKey": f"{writer}-{n}"}
                for n in range(self._counts[writer], self._counts[writer] + _BATCH)
            ]
            answer = kinesis.put_records(StreamName=STREAM, Records=batch)
            self._counts[writer] += _BATCH - answer["FailedRecordCount"]


@pytest.fixture
def flood(cluster: KindPipeline) -> Iterator[Flood]:
    """The load, and Firehose out of the way of it."""
    cluster.command("stop", "firehose")
    made = Flood(cluster)
    yield made
    made.stop()
    cluster.command("start", "firehose", timeout_s=300)


def _autoscaler(cluster: KindPipeline) -> Any:
    api = client.AutoscalingV2Api(cluster.kubernetes)
    return api.read_namespaced_horizontal_pod_autoscaler("consumer", "cali")


def _replicas(cluster: KindPipeline) -> int:
    return int(_autoscaler(cluster).status.current_replicas or 0)


def _utilization(cluster: KindPipeline) -> int:
    """Percent of the CPU requested; 0 while nothing is measured."""
    metrics = _autoscaler(cluster).status.current_metrics or ()
    return int(next((m.resource.current.average_utilization for m in metrics if m.resource), None) or 0)


def _read(cluster: KindPipeline) -> dict[str, int]:
    """Records read, by consumer."""
    api, counts = client.CoreV1Api(cluster.kubernetes), {}
    for pod in cluster.pods("consumer"):
        name = f"{pod.metadata.name}:8080"
        answer = api.connect_get_namespaced_pod_proxy_with_path(name, "cali", "status", _preload_content=False)
        counts[pod.metadata.name] = int(json.loads(answer.data)["counters"]["read"])
    return counts


def test_consumers_follow_the_load_and_throughput_the_consumers(
    cluster: KindPipeline, flood: Flood, report: Report
) -> None:
    eventually(lambda: _replicas(cluster) == 2 and _utilization(cluster), "two consumers, measured", within_s=240)
    target = int(_autoscaler(cluster).spec.metrics[0].resource.target.average_utilization)
    flood.start()
    rates: dict[int, list[float]] = {}
    begun, peak, hottest, before = time.monotonic(), 2, 0, _read(cluster)
    while time.monotonic() < begun + _PATIENCE_S and not (peak > 2 and len(rates.get(peak, [])) >= 6):
        time.sleep(_WINDOW_S)
        now = _read(cluster)
        done = sum(count - before.get(pod, 0) for pod, count in now.items())
        rates.setdefault(len(now), []).append(done / _WINDOW_S)
        before, peak, hottest = now, max(peak, _replicas(cluster)), max(hottest, _utilization(cluster))
    flood.stop()
    per_s = flood.written / (time.monotonic() - begun)
    medians = {pods: sorted(seen)[len(seen) // 2] for pods, seen in sorted(rates.items())}
    shown = ", ".join(f"{pods} consumers read {rate:.0f}/s" for pods, rate in medians.items())
    report(f"the emulator took {per_s:.0f} records/s; {shown}; at most {hottest} % of the CPU requested")
    if hottest <= target:
        assert peak == 2, "consumers were added below the target"
        pytest.skip(
            f"the emulator takes {per_s:.0f} records/s here: two consumers need {hottest} % for them, not {target}"
        )
    assert peak > 2, "the autoscaler added no consumer"
    assert medians[max(medians)] > medians[min(medians)]
    eventually(lambda: _replicas(cluster) == 2, "two consumers again", within_s=300)
