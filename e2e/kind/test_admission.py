"""What goes to EKS, offered to a real API server: schemas cannot tell all that it refuses. Nothing offered is kept."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import dynamic
from kubernetes.client.exceptions import ApiException

from e2e.kind_pipeline import KindPipeline
from sandbox.cluster.releases import node_version
from sandbox.definitions import charts, kustomization
from sandbox.definitions.kustomization import CLUSTER_WIDE, Manifest
from sandbox.helm.client import Helm
from sandbox.helm.errors import ChartUnavailableError
from sandbox.instance import REPOSITORY, Home

VALUES = REPOSITORY / "helm-values"
ON_AWS = [chart for chart in charts.read(VALUES).values() if "aws" in chart.targets]


def _overlay() -> list[Manifest]:
    return kustomization.build(REPOSITORY / "k8s" / "overlays" / "aws")


class Server:
    """The API server of a sandbox's cluster."""

    def __init__(self, sandbox: KindPipeline) -> None:
        self._client = dynamic.DynamicClient(sandbox.kubernetes)

    def make(self, manifest: Manifest) -> None:
        """Create it, unless it is there."""
        try:
            self._create(manifest, {})
        except ApiException as error:
            if error.status != 409:
                raise

    def refusal(self, manifest: Manifest) -> str:
        """Why the server would not create it under a name that is free; empty when it would."""
        offered = copy.deepcopy(manifest)
        offered["metadata"]["name"] += "-offered"
        try:
            self._create(offered, {"dry_run": "All"})
        except ApiException as error:
            return f"{manifest['kind']} {manifest['metadata']['name']}: {error.body}"
        return ""

    def _create(self, manifest: Manifest, options: dict[str, str]) -> Any:  # the package has no types
        resource = self._client.resources.get(api_version=manifest["apiVersion"], kind=manifest["kind"])
        place = {} if manifest["kind"] in CLUSTER_WIDE else {"namespace": manifest["metadata"]["namespace"]}
        return resource.create(body=manifest, **place, **options)


@pytest.fixture(scope="module")
def server(cluster: KindPipeline) -> Server:
    """With the namespaces that EKS has and kind has not."""
    server = Server(cluster)
    for manifest in _overlay():
        if manifest["kind"] == "Namespace":
            server.make(manifest)
    return server


def _bare_pods(manifests: list[Manifest]) -> Iterator[Manifest]:
    """The pods that workloads would make: what a namespace enforces is enforced on these alone."""
    for workload in manifests:
        if not kustomization.containers(workload):
            continue
        template = copy.deepcopy(workload["spec"]["template"])
        claims = workload["spec"].get("volumeClaimTemplates", [])
        template["spec"].setdefault("volumes", []).extend(
            {"name": claim["metadata"]["name"], "emptyDir": {}} for claim in claims
        )
        # Accounts and priorities are offered, not there.
        template["spec"] |= {"serviceAccountName": "default"}
        template["spec"].pop("priorityClassName", None)
        metadata = {"name": workload["metadata"]["name"], "namespace": workload["metadata"]["namespace"]}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def _refusals(server: Server, manifests: list[Manifest]) -> str:
    offered = [*manifests, *_bare_pods(manifests)]
    return "\n".join(refusal for manifest in offered if (refusal := server.refusal(manifest)))


def test_the_overlay_for_eks_is_admitted(server: Server) -> None:
    assert _refusals(server, _overlay()) == ""


@pytest.mark.parametrize("chart", ON_AWS, ids=lambda chart: str(chart.name))
def test_the_charts_for_eks_are_admitted(server: Server, chart: charts.Chart) -> None:
    binary = shutil.which("helm")
    if binary is None:
        pytest.skip("no helm on PATH, so no chart is rendered: install Helm 3")
    helm = Helm(Path(binary), Home.from_environment().charts, VALUES, os.environ)
    try:
        manifests = helm.template(chart, "aws", node_version())
    except ChartUnavailableError as error:
        pytest.skip(str(error))
    assert _refusals(server, manifests) == ""


def test_a_pod_that_the_namespace_does_not_admit_is_refused(server: Server) -> None:
    manifests = [manifest for manifest in _overlay() if manifest["kind"] == "Deployment"]
    for manifest in manifests:
        manifest["spec"]["template"]["spec"]["hostNetwork"] = True
    assert _refusals(server, manifests).count("violates PodSecurity") == len(manifests)
