"""What kustomize and helm make of the definitions: the material of the checks beside this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.cluster import releases
from sandbox.definitions import charts, kustomization
from sandbox.definitions.charts import Chart, Target
from sandbox.instance import REPOSITORY

Manifest = dict[str, Any]

VALUES = REPOSITORY / "helm-values"
KUBERNETES = REPOSITORY / "k8s"
EXPECTED = Path(__file__).parent / "expected"

#: What is applied to clusters, and to which; `embedded` is run as processes.
CLUSTER_OVERLAYS: dict[str, Target] = {"kind": "kind", "kind-shipper": "kind", "metrics-server": "kind", "aws": "aws"}

CHARTS = charts.read(VALUES)

#: Every chart on every target that installs it.
RELEASES: list[tuple[Chart, Target]] = [(chart, target) for chart in CHARTS.values() for target in chart.targets]


def overlay(name: str) -> list[Manifest]:
    """The manifests of an overlay of `k8s/`, or of another folder of it."""
    return kustomization.build(folder(name))


def folder(name: str) -> Path:
    """Where an overlay is."""
    found = KUBERNETES / "overlays" / name
    return found if found.exists() else KUBERNETES / name


def title(manifest: Manifest) -> str:
    """How messages call it: `Deployment cali/consumer`."""
    metadata = manifest["metadata"]
    place = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{manifest['kind']} {place}{metadata['name']}"


def pods(manifests: list[Manifest]) -> Iterator[tuple[Manifest, Manifest]]:
    """Each workload with the spec of its pods."""
    for manifest in manifests:
        if "containers" in (spec := ((manifest.get("spec") or {}).get("template") or {}).get("spec") or {}):
            yield manifest, spec


@cache
def terraform_default(variable: str) -> str:
    """The default of a variable of `terraform/`, a string or a number."""
    text = (REPOSITORY / "terraform" / "variables.tf").read_text()
    match = re.search(rf'variable "{variable}" {{[^}}]*?default\s*=\s*"?([^"\n]+)"?', text)
    assert match, f"terraform/variables.tf: {variable} has no default"
    return match.group(1)


def cluster_version(target: Target) -> str:
    """The Kubernetes version of a target's cluster."""
    return releases.node_version() if target == "kind" else terraform_default("kubernetes_version")
