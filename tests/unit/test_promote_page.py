"""docs/promote.md against the definitions: what it tells people to type has the names that the definitions have."""

from __future__ import annotations

import re
from typing import Any

import yaml

from sandbox.definitions import charts, kustomization
from sandbox.instance import REPOSITORY
from sandbox.knowledge import threshold

PAGE = (REPOSITORY / "docs" / "promote.md").read_text(encoding="utf-8")
OVERLAY = REPOSITORY / "k8s" / "overlays" / "aws"


def settings() -> dict[str, str]:
    """The ConfigMap as the page makes it; of what comes from Terraform, the output's name."""
    [outputs] = re.findall(r"for name in (region [^;]*);", PAGE)
    return {name: name for name in outputs.split()} | dict(re.findall(r"--from-literal=(\w+)=([\w.-]+)", PAGE))


def variables(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, dict):
        return [*([found["configMapKeyRef"]] if "configMapKeyRef" in found else []), *variables([*found.values()])]
    return [one for part in found for one in variables(part)] if isinstance(found, list) else []


def test_the_configmap_has_every_key_that_a_pod_needs() -> None:
    wanted = {key["key"] for key in variables(kustomization.build(OVERLAY)) if not key.get("optional")}
    assert wanted
    assert wanted <= settings().keys()


def test_what_comes_from_terraform_is_an_output() -> None:
    outputs = set(re.findall(r'^output "(\w+)"', (REPOSITORY / "terraform" / "outputs.tf").read_text(), re.MULTILINE))
    named = {name for name, value in settings().items() if name == value}
    assert len(named) == 7
    assert named | set(re.findall(r"\$aws output (\w+)\)", PAGE)) <= outputs


def test_the_model_is_one_with_a_threshold() -> None:
    found = settings()
    fitted = threshold.committed(found["embedding_model"])
    assert (int(found["embedding_dimension"]), float(found["similarity_threshold"])) == (
        fitted.dimension,
        fitted.threshold,
    )
    assert f'committed("{fitted.model}")' in PAGE


def test_the_images_are_those_of_the_overlay() -> None:
    overlay = yaml.safe_load((OVERLAY / "kustomization.yaml").read_text())
    [names] = re.findall(r"for name in (consumer [^;]*);", PAGE)
    assert {image["name"] for image in overlay["images"]} == {f"cali/{name}" for name in names.split()}
    rendered = {
        container["image"].rpartition(":")[2]
        for manifest in kustomization.build(OVERLAY)
        if manifest["kind"] == "Deployment"
        for container in manifest["spec"]["template"]["spec"]["containers"]
    }
    assert rendered == set(re.findall(r"cali/\$name:([\d.]+)", PAGE))


def test_the_charts_are_those_for_aws() -> None:
    [named] = re.findall(r"\*\*Install the charts, by hand\*\*: (.*?), at the versions", PAGE, re.DOTALL)
    wanted = {name for name, chart in charts.read(REPOSITORY / "helm-values").items() if "aws" in chart.targets}
    assert set(re.split(r",\s|\sand\s", named)) == wanted - {"airflow"}
