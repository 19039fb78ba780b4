from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.definitions.charts import Chart, Target
from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.pod_security import violations
from tests.definitions.rendering.renders import CLUSTER_OVERLAYS, RELEASES, Manifest, title

ENFORCE = "pod-security.kubernetes.io/enforce"


def _levels() -> dict[str, str]:
    """What each namespace of `k8s/` enforces; the others are the cluster's own."""
    namespaces = [m["metadata"] for m in renders.overlay("aws") if m["kind"] == "Namespace"]
    return {metadata["name"]: metadata["labels"][ENFORCE] for metadata in namespaces}


def _refused(manifests: list[Manifest]) -> dict[str, list[str]]:
    levels = _levels()
    return {
        title(workload): found
        for workload, pod in renders.pods(manifests)
        if levels.get(workload["metadata"]["namespace"]) == "restricted" and (found := violations(pod))
    }


def test_only_the_shippers_namespace_is_not_restricted() -> None:
    assert {name for name, level in _levels().items() if level != "restricted"} == {"cali-shipping"}


@pytest.mark.parametrize("overlay", CLUSTER_OVERLAYS)
def test_namespaces_admit_the_pods_of_overlays(overlay: str) -> None:
    assert _refused(renders.overlay(overlay)) == {}


@pytest.mark.parametrize(("chart", "target"), RELEASES, ids=lambda value: getattr(value, "name", value))
def test_namespaces_admit_the_pods_of_charts(chart: Chart, target: Target, render: Render) -> None:
    assert _refused(render(chart, target)) == {}


def test_the_shipper_breaks_the_profile_by_root_and_host_folders_alone() -> None:
    [(_, pod)] = renders.pods(renders.overlay("kind-shipper"))
    folders = [f"volume {name} is hostPath" for name in ("containers", "pods", "state")]
    assert violations(pod) == [*folders, "shipper may run as root", "shipper runs as root"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pod: pod.update(hostPID=True), "hostPID"),
        (lambda pod: pod.update(volumes=[{"name": "x", "hostPath": {"path": "/"}}]), "volume x is hostPath"),
        (lambda pod: pod["securityContext"].pop("runAsNonRoot"), "consumer may run as root"),
        (lambda pod: pod["securityContext"].pop("seccompProfile"), "consumer has no seccomp profile"),
        (lambda pod: pod["containers"][0].pop("securityContext"), "consumer allows privilege escalation"),
        (
            lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
            "consumer adds NET_ADMIN",
        ),
        (lambda pod: pod["containers"][0]["ports"][0].update(hostPort=80), "consumer takes the host port 80"),
    ],
)
def test_what_the_profile_refuses_is_said(change: Callable[[Manifest], object], said: str) -> None:
    [pod] = [pod for workload, pod in renders.pods(renders.overlay("aws")) if "consumer" in title(workload)]
    assert violations(pod) == []
    change(pod)
    assert said in violations(pod)
