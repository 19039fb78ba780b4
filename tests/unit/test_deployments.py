from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandbox.definitions import deployments, kustomization
from sandbox.definitions.errors import DefinitionError
from sandbox.instance import REPOSITORY


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "k8s", tmp_path / "k8s")
    return tmp_path / "k8s"


def _settings(overlay: Path) -> dict[str, str]:
    variables = [v for w in deployments.read(overlay).values() for v in w.container.env]
    references = [v.source.config_map for v in variables if v.source and v.source.config_map]
    return {reference.key: f"<{reference.key}>" for reference in references}


def test_the_embedded_overlay_runs_one_consumer_with_the_base_command(definitions: Path) -> None:
    consumer = deployments.read(definitions / "overlays" / "embedded")["consumer"]
    assert (consumer.replicas, consumer.argv) == (1, ["python", "-m", "cali_consumer"])
    [autoscaler] = [m for m in kustomization.build(definitions / "base") if m["kind"] == "HorizontalPodAutoscaler"]
    assert autoscaler["spec"]["minReplicas"] == 2


def test_a_changed_command_or_variable_name_changes_the_process(definitions: Path) -> None:
    path = definitions / "base" / "consumer-deployment.yaml"
    text = path.read_text().replace("cali_consumer", "other").replace("CALI_BUCKET", "CALI_OTHER")
    path.write_text(text)
    overlay = definitions / "overlays" / "embedded"
    consumer = deployments.read(overlay)["consumer"]
    environment = consumer.environment(_settings(overlay), pod="consumer-0")
    assert consumer.argv[-1] == "other"
    assert environment["CALI_OTHER"] == "<bucket_name>"
    assert "CALI_BUCKET" not in environment


def test_the_overlay_replaces_a_literal_by_a_reference(definitions: Path) -> None:
    overlay = definitions / "overlays" / "embedded"
    environment = deployments.read(overlay)["consumer"].environment(_settings(overlay), pod="consumer-0")
    assert environment["CALI_HEALTH_PORT"] == "<consumer_health_port>"
    assert environment["CALI_HEALTH_HOST"] == "127.0.0.1"
    assert environment["CALI_CONSUMER_ID"] == "consumer-0"


def test_a_missing_key_is_named_with_what_there_is(definitions: Path) -> None:
    consumer = deployments.read(definitions / "base")["consumer"]
    with pytest.raises(DefinitionError, match=r"CALI_STREAM_NAME.*no key stream_name.*it has: region"):
        consumer.environment({"region": "x"}, pod="p")


def test_broken_yaml_is_one_line_with_file_and_line(definitions: Path) -> None:
    path = definitions / "base" / "consumer-deployment.yaml"
    path.write_text("kind: Deployment\nmetadata: [\n")
    with pytest.raises(DefinitionError, match=r"consumer-deployment\.yaml: line 3"):
        deployments.read(definitions / "base")


def test_a_part_of_kustomize_that_is_not_supported_is_refused_by_name(definitions: Path) -> None:
    path = definitions / "base" / "kustomization.yaml"
    path.write_text(path.read_text() + "namePrefix: x-\n")
    with pytest.raises(DefinitionError, match="namePrefix"):
        kustomization.build(definitions / "base")


def test_a_patch_without_a_target_is_refused(definitions: Path) -> None:
    patch = definitions / "overlays" / "embedded" / "consumer.yaml"
    patch.write_text(patch.read_text().replace("name: consumer\nspec", "name: nobody\nspec"))
    with pytest.raises(DefinitionError, match="Deployment/nobody"):
        kustomization.build(definitions / "overlays" / "embedded")


def test_a_namespace_is_given_to_what_lives_in_one(definitions: Path) -> None:
    manifests = {(m["kind"], m["metadata"]["name"]): m for m in kustomization.build(definitions / "base")}
    assert manifests["ServiceAccount", "consumer"]["metadata"]["namespace"] == "cali"
    assert "namespace" not in manifests["Namespace", "cali"]["metadata"]
    assert "namespace" not in manifests["PriorityClass", "cali-pipeline"]["metadata"]


@pytest.mark.parametrize(
    ("entry", "image"),
    [
        ({"newName": "registry.example:5000/consumer"}, "registry.example:5000/consumer:0.1.0"),
        ({"newTag": "9"}, "cali/consumer:9"),
        ({"newName": "r/c", "digest": "sha256:ab"}, "r/c@sha256:ab"),
    ],
)
def test_an_image_is_named_anew(definitions: Path, entry: dict[str, str], image: str) -> None:
    manifests = kustomization.build(definitions / "overlays" / "kind")
    kustomization.name_images(manifests, [{"name": "cali/consumer", **entry}])
    found = {c["name"]: c["image"] for m in manifests for c in kustomization.containers(m)}
    assert found == {"consumer": image, "log-generator": "cali/log-generator:0.1.0"}


def test_a_list_that_says_null_is_an_empty_one() -> None:
    pod = {"initContainers": None, "containers": [{"name": "c", "image": "i:1"}]}
    assert kustomization.containers({"kind": "Deployment", "spec": {"template": {"spec": pod}}}) == pod["containers"]


def test_null_in_a_patch_removes() -> None:
    assert kustomization.merge({"a": 1, "b": {"c": 2}}, {"b": None}) == {"a": 1}
