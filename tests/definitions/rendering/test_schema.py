from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from sandbox.definitions.charts import Target
from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.renders import CLUSTER_OVERLAYS, RELEASES, Manifest


def problems(checker: Path, target: Target, rendered: dict[str, list[Manifest]], folder: Path) -> str:
    """What the schemas of the cluster's version say, unknown fields included, by what was rendered; empty is good."""
    files = []
    for name, manifests in rendered.items():
        files.append(folder / f"{name}.yaml")
        files[-1].write_text(yaml.safe_dump_all(manifests))
    command = [str(checker), "--strict", "--quiet", "-k", renders.cluster_version(target), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("target", ["kind", "aws"])
def test_overlays_are_valid(target: Target, kubernetes_validate: Path, tmp_path: Path) -> None:
    rendered = {name: renders.overlay(name) for name, cluster in CLUSTER_OVERLAYS.items() if cluster == target}
    assert problems(kubernetes_validate, target, rendered, tmp_path) == ""


@pytest.mark.parametrize("target", ["kind", "aws"])
def test_charts_are_valid(target: Target, render: Render, kubernetes_validate: Path, tmp_path: Path) -> None:
    rendered = {chart.name: render(chart, target) for chart, cluster in RELEASES if cluster == target}
    assert problems(kubernetes_validate, target, rendered, tmp_path) == ""


def test_what_the_cluster_does_not_serve_is_found(kubernetes_validate: Path, tmp_path: Path) -> None:
    manifests = renders.overlay("aws")
    [(_, pod)] = [(w, p) for w, p in renders.pods(manifests) if w["metadata"]["name"] == "consumer"]
    pod["containers"][0]["livenessProbe"]["periodSecond"] = 10
    [autoscaler] = [m for m in manifests if m["kind"] == "HorizontalPodAutoscaler"]
    autoscaler["apiVersion"] = "autoscaling/v2beta2"
    said = problems(kubernetes_validate, "aws", {"broken": manifests}, tmp_path)
    assert [word for word in ("periodSecond", "autoscaling/v2beta2") if word not in said] == []
