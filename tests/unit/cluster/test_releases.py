from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sandbox.cluster import releases
from sandbox.definitions import charts, kustomization
from sandbox.instance import REPOSITORY

#: Stands for helm, and renders what the chart would: its published image.
FAKE = """#!{python}
print('''kind: Deployment
metadata: {{name: metrics-server}}
spec:
  template:
    spec:
      containers:
        - {{name: m, image: "registry.k8s.io/metrics-server/metrics-server:v1"}}''')
"""


def test_without_a_source_of_charts_our_own_manifest_is_taken() -> None:
    assert releases.metrics_server({}) == kustomization.build(REPOSITORY / "k8s" / "metrics-server")


def test_with_one_the_chart_is_rendered_and_its_image_is_the_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = charts.read(REPOSITORY / "helm-values")["metrics-server"].version
    (tmp_path / f"metrics-server-{version}.tgz").touch()
    helm = tmp_path / "helm"
    helm.write_text(FAKE.format(python=sys.executable))
    helm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CALI_HOME", str(tmp_path / "home"))
    [deployment] = releases.metrics_server({"CALI_CHARTS": str(tmp_path)})
    assert deployment["metadata"]["namespace"] == "kube-system"
    assert [container["image"] for container in kustomization.containers(deployment)] == ["cali/metrics-server:v1"]
