from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.policy import EXCEPTIONS, Failure, check
from tests.definitions.rendering.renders import CLUSTER_OVERLAYS, RELEASES, Manifest, title

CONSUMER = "Deployment cali/consumer"


def _container(pod: Manifest) -> Manifest:
    container: Manifest = pod["containers"][0]
    return container


#: What somebody might do to the consumer's pod, and the rule that sees it.
BROKEN: dict[str, tuple[Callable[[Manifest], object], *tuple[str, ...]]] = {
    "privileged": (lambda pod: _container(pod)["securityContext"].update(privileged=True), "CKV_K8S_16"),
    "escalation": (lambda pod: _container(pod)["securityContext"].pop("allowPrivilegeEscalation"), "CKV_K8S_20"),
    "latest": (lambda pod: _container(pod).update(image="cali/consumer:latest"), "CKV_K8S_14"),
    "no-memory-limit": (lambda pod: _container(pod)["resources"].pop("limits"), "CKV_K8S_13"),
    "no-resources": (lambda pod: _container(pod).pop("resources"), "CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13"),
    "writable-root": (lambda pod: _container(pod)["securityContext"].pop("readOnlyRootFilesystem"), "CKV_K8S_22"),
    "host-network": (lambda pod: pod.update(hostNetwork=True), "CKV_K8S_19"),
}


def _refused(failures: list[Failure]) -> str:
    return "\n".join(str(f) for f in failures if (f.rule, f.resource) not in EXCEPTIONS)


def _stale(failures: list[Failure], resources: set[str]) -> set[tuple[str, str]]:
    """Exceptions for `resources` that nothing needs."""
    needed = {(f.rule, f.resource) for f in failures}
    return {(rule, resource) for rule, resource in EXCEPTIONS if resource in resources} - needed


def _resources(manifests: list[Manifest]) -> set[str]:
    names = [(m["kind"], m["metadata"].get("namespace", "default"), m["metadata"]["name"]) for m in manifests]
    return {".".join(name) for name in names}


@pytest.fixture(scope="module")
def failures(checkov: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Failure]:
    """What one run says of the overlays and of every broken copy."""
    rendered = {name: renders.overlay(name) for name in CLUSTER_OVERLAYS}
    for name, (change, *_) in BROKEN.items():
        manifests = [m for m in renders.overlay("aws") if m["kind"] == "NetworkPolicy" or title(m) == CONSUMER]
        [(_, pod)] = renders.pods(manifests)
        change(pod)
        rendered[name] = manifests
    return check(checkov, rendered, tmp_path_factory.mktemp("overlays"))


def test_overlays_keep_every_rule(failures: list[Failure]) -> None:
    found = [failure for failure in failures if failure.source in CLUSTER_OVERLAYS]
    resources = _resources([manifest for name in CLUSTER_OVERLAYS for manifest in renders.overlay(name)])
    assert _refused(found) == ""
    assert _stale(found, resources) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_its_resource(name: str, failures: list[Failure]) -> None:
    found = {(failure.resource, failure.rule) for failure in failures if failure.source == name}
    assert found == {("Deployment.cali.consumer", rule) for rule in BROKEN[name][1:]}


def test_charts_keep_every_rule(checkov: Path, render: Render, tmp_path: Path) -> None:
    # The network policies of the charts' namespaces are the overlays'.
    rendered = {name: renders.overlay(name) for name in CLUSTER_OVERLAYS}
    rendered |= {f"{target}-{chart.name}": render(chart, target) for chart, target in RELEASES}
    failures = check(checkov, rendered, tmp_path)
    assert _refused(failures) == ""
    assert _stale(failures, _resources([m for ms in rendered.values() for m in ms])) == set()
