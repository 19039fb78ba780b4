from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from sandbox.containers.kinesis_tls import KinesisTls
from sandbox.containers.localstack import LocalStack
from sandbox.containers.milvus import Milvus
from sandbox.containers.servers import Model, Slack
from tests.definitions.rendering import renders
from tests.definitions.rendering.renders import CLUSTER_OVERLAYS, title


def _by_title(manifests: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {title(manifest): manifest for manifest in manifests}


@pytest.mark.parametrize("overlay", ["embedded", "containers", *CLUSTER_OVERLAYS])
def test_overlay_is_what_kustomize_makes_of_it(overlay: str) -> None:
    if binary := shutil.which("kustomize"):
        command = [binary, "build"]
    elif binary := shutil.which("kubectl"):
        command = [binary, "kustomize"]
    else:
        pytest.skip("neither kustomize nor kubectl on PATH: nothing to compare our own builder with")
    done = subprocess.run([*command, str(renders.folder(overlay))], capture_output=True, check=True, timeout=60)
    real = _by_title(list(yaml.safe_load_all(done.stdout)))
    own = _by_title(renders.overlay(overlay))
    assert own.keys() == real.keys()
    for name, manifest in real.items():
        assert own[name] == manifest, name


@pytest.mark.parametrize("overlay", CLUSTER_OVERLAYS)
def test_every_pod_has_an_account_of_its_namespace(overlay: str) -> None:
    manifests = renders.overlay(overlay)
    accounts = {title(manifest) for manifest in manifests if manifest["kind"] == "ServiceAccount"}
    for workload, pod in renders.pods(manifests):
        assert f"ServiceAccount {workload['metadata']['namespace']}/{pod['serviceAccountName']}" in accounts


def test_every_namespace_denies_traffic_that_is_not_named() -> None:
    manifests = renders.overlay("aws")
    denied = {
        manifest["metadata"]["namespace"]
        for manifest in manifests
        if manifest["kind"] == "NetworkPolicy"
        and manifest["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    }
    assert denied == {manifest["metadata"]["name"] for manifest in manifests if manifest["kind"] == "Namespace"}


def test_the_consumer_scales_from_two_to_ten_at_seventy_percent() -> None:
    for overlay in ("kind", "aws"):
        [autoscaler] = [m["spec"] for m in renders.overlay(overlay) if m["kind"] == "HorizontalPodAutoscaler"]
        assert (autoscaler["minReplicas"], autoscaler["maxReplicas"]) == (2, 10)
        [metric] = autoscaler["metrics"]
        assert metric["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
        [consumer] = [m["spec"] for m in renders.overlay(overlay) if title(m) == "Deployment cali/consumer"]
        assert "replicas" not in consumer, "the autoscaler owns the number"


def test_pods_on_kind_may_reach_the_emulators_where_they_listen() -> None:
    allowed = {
        title(manifest): {port["port"] for rule in manifest["spec"]["egress"] for port in rule["ports"]}
        for manifest in renders.overlay("kind")
        if manifest["kind"] == "NetworkPolicy" and "emulators" in manifest["metadata"]["name"]
    }
    assert allowed == {
        "NetworkPolicy cali/consumer-to-emulators": {part.inner_port for part in (LocalStack, Milvus, Model, Slack)},
        "NetworkPolicy cali-shipping/shipper-to-emulators": {LocalStack.inner_port, KinesisTls.inner_port},
    }
