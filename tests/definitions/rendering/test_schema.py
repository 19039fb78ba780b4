from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.renders import CLUSTER_OVERLAYS, RELEASES, Manifest


def problems(checker: Path, rendered: dict[str, list[Manifest]], folder: Path) -> str:
    """What the schemas of the cluster's version say, unknown fields included, by what was rendered; empty is good."""
    files = []
    for name, manifests in rendered.items():
        files.append(folder / f"{name}.yaml")
        files[-1].write_text(yaml.safe_dump_all(manifests))
    command = [str(checker), "--strict", "--quiet", "-k", renders.eks_version(), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr


def test_overlays_are_valid(kubernetes_validate: Path, tmp_path: Path) -> None:
    assert problems(kubernetes_validate, {name: renders.overlay(name) for name in CLUSTER_OVERLAYS}, tmp_path) == ""


def test_charts_are_valid(render: Render, kubernetes_validate: Path, tmp_path: Path) -> None:
    rendered = {f"{target}-{chart.name}": render(chart, target) for chart, target in RELEASES}
    assert problems(kubernetes_validate, rendered, tmp_path) == ""


def test_a_field_that_does_not_exist_is_found(kubernetes_validate: Path, tmp_path: Path) -> None:
    manifests = renders.overlay("aws")
    [(_, pod)] = [(w, p) for w, p in renders.pods(manifests) if w["metadata"]["name"] == "consumer"]
    pod["containers"][0]["livenessProbe"]["periodSecond"] = 10
    assert "periodSecond" in problems(kubernetes_validate, {"broken": manifests}, tmp_path)


def test_a_kind_the_cluster_does_not_serve_is_found(kubernetes_validate: Path, tmp_path: Path) -> None:
    manifests = [m for m in renders.overlay("aws") if m["kind"] == "HorizontalPodAutoscaler"]
    manifests[0]["apiVersion"] = "autoscaling/v2beta2"
    assert "autoscaling/v2beta2" in problems(kubernetes_validate, {"broken": manifests}, tmp_path)
