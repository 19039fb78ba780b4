from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.definitions.charts import Chart
from tests.definitions.rendering import renders
from tests.definitions.rendering.capacity import Node, Pod, nodes, place, requests
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.renders import CHARTS, EXPECTED

FACTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "eks.yaml").read_text())
#: What the charts' pods ask for; compared with the charts where they can be had, so that packing is checked without.
CHART_PODS: dict[str, list[dict[str, Any]]] = yaml.safe_load((EXPECTED / "chart-pods.yaml").read_text())
ON_AWS = [chart for chart in CHARTS.values() if "aws" in chart.targets]


def _daemons() -> list[Pod]:
    charts = [p for rows in CHART_PODS.values() for p in rows if p["kind"] == "DaemonSet"]
    return [Pod(row["name"], row["cpu"], row["memory"]) for row in [*FACTS["daemons"], *charts]]


def _others() -> Iterator[Pod]:
    """Every pod that is no daemon but the consumers, in the order of their start; jobs count as if they stayed."""
    rows = [*FACTS["pods"], *(p for rows in CHART_PODS.values() for p in rows if p["kind"] != "DaemonSet")]
    for row in rows:
        yield from [Pod(row["name"], row["cpu"], row["memory"])] * row["replicas"]
    for _, replicas, pod in requests(renders.overlay("aws")):
        if pod.name != "consumer":
            yield from [pod] * replicas


def _consumer() -> tuple[Pod, int, int]:
    """One consumer, and how few and how many of them there may be."""
    manifests = renders.overlay("aws")
    [consumer] = [pod for _, _, pod in requests(manifests) if pod.name == "consumer"]
    [scaler] = [m["spec"] for m in manifests if m["kind"] == "HorizontalPodAutoscaler"]
    return consumer, scaler["minReplicas"], scaler["maxReplicas"]


def _filled(count: int) -> list[Node]:
    cluster = nodes(FACTS, count, _daemons())
    for pod in _others():
        assert place(pod, cluster), _full(pod, cluster)
    return cluster


def _full(pod: Pod, cluster: list[Node]) -> str:
    lines = [f"node {number}: {node}" for number, node in enumerate(cluster, 1)]
    return "\n".join([f"no room for {pod.name} ({pod.cpu}m, {pod.memory} MiB) on {len(cluster)} nodes", *lines])


def test_everything_fits_two_nodes_and_a_rollout_of_the_consumer_too() -> None:
    consumer, fewest, _ = _consumer()
    cluster = _filled(2)
    for _ in range(fewest + 1):  # maxSurge
        assert place(consumer, cluster), _full(consumer, cluster)


def test_the_autoscaler_reaches_its_maximum_on_four_nodes() -> None:
    consumer, _, most = _consumer()
    cluster = _filled(4)
    for number in range(1, most + 1):
        assert place(consumer, cluster), f"consumer {number} of {most}: {_full(consumer, cluster)}"


def test_what_does_not_fit_is_said_with_what_takes_the_room() -> None:
    giant = Pod("giant", 100, 4096)
    cluster = nodes(FACTS, 2, _daemons())
    assert not place(giant, cluster)
    lines = _full(giant, cluster).splitlines()
    assert lines[0] == "no room for giant (100m, 4096 MiB) on 2 nodes"
    assert re.fullmatch(r"node 1: 230m of 1930m, 200 of 3246 MiB, 5 of 17 pods: aws-node \(50m, 0 MiB\), .*", lines[1])


@pytest.mark.parametrize("chart", ON_AWS, ids=lambda chart: str(chart.name))
def test_charts_ask_for_what_is_reckoned_with(chart: Chart, render: Render) -> None:
    found = [
        {"kind": kind, "name": pod.name, "replicas": replicas, "cpu": pod.cpu, "memory": pod.memory}
        for kind, replicas, pod in requests(render(chart, "aws"))
    ]
    assert found == CHART_PODS[chart.name], "put it into expected/chart-pods.yaml"


def test_the_nodes_are_those_that_terraform_makes() -> None:
    assert renders.terraform_default("node_instance_type") == FACTS["node"]["instance_type"]
    assert (renders.terraform_default("node_min"), renders.terraform_default("node_max")) == ("2", "4")
