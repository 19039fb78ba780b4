from __future__ import annotations

import pytest

from sandbox.definitions.charts import Chart
from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.differences import differences
from tests.definitions.rendering.renders import CHARTS, EXPECTED

ON_BOTH = [chart for chart in CHARTS.values() if set(chart.targets) == {"kind", "aws"}]
UPDATE = "if it is meant, put it into {}: the list of what may differ between a cluster here and one on AWS"


def _expected(name: str) -> list[str]:
    lines = (EXPECTED / f"{name}.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_overlays_differ_as_listed() -> None:
    found = differences(renders.overlay("kind"), renders.overlay("aws"))
    assert found == _expected("k8s"), UPDATE.format("expected/k8s.txt")


@pytest.mark.parametrize("chart", ON_BOTH, ids=lambda chart: str(chart.name))
def test_charts_differ_as_listed(chart: Chart, render: Render) -> None:
    found = differences(render(chart, "kind"), render(chart, "aws"))
    assert found == _expected(chart.name), UPDATE.format(f"expected/{chart.name}.txt")


def test_a_difference_is_one_line_with_its_place() -> None:
    kind, aws = renders.overlay("kind"), renders.overlay("kind")
    [(_, pod)] = [(w, p) for w, p in renders.pods(aws) if w["metadata"]["name"] == "log-generator"]
    pod["containers"][0]["env"][0]["value"] = "cri"
    pod["containers"][0]["resources"]["limits"]["cpu"] = "1"
    place = "Deployment cali/log-generator: spec.template.spec.containers[log-generator]"
    assert differences(kind, aws) == [
        f'{place}.env[CALI_LOG_OUTPUT].value: kind "stdout", aws "cri"',
        f'{place}.resources.limits.cpu: kind -, aws "1"',
    ]
