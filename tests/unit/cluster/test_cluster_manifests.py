"""What is applied to the cluster: the overlays with this instance's images and settings, and nothing unnamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.cluster import manifests, releases

IMAGES = {
    "consumer": "cali/consumer:0123",
    "log-generator": "cali/log-generator:4567",
    "sandbox": "cali/sandbox:89ab",
    "metrics-server": "registry.example/metrics-server:v1",
}
SETTINGS = {"region": "ap-northeast-2", "aws_endpoint": "http://aws.cali.internal:4566", "plaintext_hosts": "x"}


def _by_name(built: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{m['kind']}/{m['metadata'].get('namespace', '')}/{m['metadata']['name']}": m for m in built}


def _pods(built: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {m["metadata"]["name"]: m["spec"]["template"] for m in built if m["kind"] in ("Deployment", "DaemonSet")}


def test_every_container_runs_an_image_that_was_found() -> None:
    templates = _pods(manifests.build(SETTINGS, IMAGES))
    images = {name: [c["image"] for c in template["spec"]["containers"]] for name, template in templates.items()}
    assert images == {
        "consumer": ["cali/consumer:0123"],
        "log-generator": ["cali/log-generator:4567"],
        "shipper": ["cali/sandbox:89ab"],
        "metrics-server": ["registry.example/metrics-server:v1"],
    }


def test_no_registry_is_asked_for_an_image_of_ours() -> None:
    templates = _pods(manifests.build(SETTINGS, IMAGES))
    policies = {c["image"]: c.get("imagePullPolicy") for t in templates.values() for c in t["spec"]["containers"]}
    assert {image for image, policy in policies.items() if policy == "Never"} == {
        "cali/consumer:0123",
        "cali/log-generator:4567",
        "cali/sandbox:89ab",
    }


def test_each_namespace_that_reads_the_settings_has_them() -> None:
    built = _by_name(manifests.build(SETTINGS, IMAGES))
    for namespace in (manifests.WORKLOADS, manifests.SHIPPING):
        assert built[f"ConfigMap/{namespace}/cali-runtime"]["data"] == SETTINGS
    assert "[INPUT]" in built[f"ConfigMap/{manifests.SHIPPING}/fluent-bit-values"]["data"]["values.yaml"]


def test_where_there_is_an_image_of_fluent_bit_its_chart_takes_the_stand_ins_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = {"containers": [{"name": "fluent-bit", "image": "cali/fluent-bit:1"}], "volumes": "kinesis-authority"}
    chart = {
        "kind": "DaemonSet",
        "metadata": {"name": "fluent-bit"},
        "spec": {"template": {"metadata": {}, "spec": spec}},
    }
    monkeypatch.setattr(releases, "fluent_bit", lambda: [chart])
    built = manifests.build(SETTINGS, {**IMAGES, "fluent-bit": "registry.example/fluent-bit:5"}, "an authority")
    templates = _pods(built)
    assert "shipper" not in templates
    [container] = templates["fluent-bit"]["spec"]["containers"]
    assert container == {"name": "fluent-bit", "image": "registry.example/fluent-bit:5"}
    named = _by_name(built)
    assert named[f"ConfigMap/{manifests.SHIPPING}/kinesis-authority"]["data"] == {"ca.pem": "an authority"}
    assert f"ConfigMap/{manifests.SHIPPING}/fluent-bit-values" not in named
    assert templates["fluent-bit"]["metadata"]["annotations"]


def test_a_changed_setting_replaces_only_pods_that_read_it() -> None:
    before = _pods(manifests.build(SETTINGS, IMAGES))
    after = _pods(manifests.build({**SETTINGS, "region": "eu-north-1"}, IMAGES))
    changed = {name for name in before if before[name]["metadata"] != after[name]["metadata"]}
    assert changed == {"consumer", "shipper"}


def test_a_changed_value_of_the_chart_replaces_the_shipper_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _pods(manifests.build(SETTINGS, IMAGES))
    edited = tmp_path / "values.yaml"
    edited.write_text(manifests.VALUES["values.yaml"].read_text() + "\nflush: 0.2\n")
    monkeypatch.setitem(manifests.VALUES, "values.yaml", edited)
    after = _pods(manifests.build(SETTINGS, IMAGES))
    assert {name for name in before if before[name]["metadata"] != after[name]["metadata"]} == {"shipper"}
