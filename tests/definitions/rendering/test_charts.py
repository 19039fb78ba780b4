"""What a chart's values must agree about with the other definitions."""

from __future__ import annotations

import base64
import re
from urllib.parse import urlsplit

import pytest
import yaml

from sandbox.definitions.charts import Chart, Target
from sandbox.images.catalogue import CATALOGUE
from sandbox.instance import REPOSITORY
from tests.definitions.rendering import renders
from tests.definitions.rendering.conftest import Render
from tests.definitions.rendering.renders import CHARTS, RELEASES, VALUES, title

#: Passwords that charts are published with.
PUBLISHED = {"admin", "postgres", "minioadmin", "password", "changeme"}


def test_every_values_file_belongs_to_a_chart() -> None:
    files = {path.stem for path in VALUES.glob("*.yaml")} - {"charts"}
    assert files == set(CHARTS)
    for target in ("kind", "aws"):
        installed = {chart.name for chart in CHARTS.values() if target in chart.targets}
        assert {path.stem for path in (VALUES / "overrides" / target).glob("*.yaml")} <= installed


def test_the_cluster_autoscaler_is_made_for_the_clusters_version() -> None:
    values = yaml.safe_load((VALUES / "cluster-autoscaler.yaml").read_text())
    assert values["image"]["tag"].startswith(f"v{renders.cluster_version('aws')}.")


@pytest.mark.parametrize(("chart", "target"), RELEASES, ids=lambda value: getattr(value, "name", value))
def test_images_have_exact_tags(chart: Chart, target: Target, render: Render) -> None:
    for _, pod in renders.pods(render(chart, target)):
        for container in [*(pod.get("initContainers") or []), *pod["containers"]]:
            tag = container["image"].rpartition(":")[2]
            assert tag.removeprefix("v").count(".") >= 2, f"{container['image']} is not pinned to the patch"


@pytest.mark.parametrize(("chart", "target"), RELEASES, ids=lambda value: getattr(value, "name", value))
def test_no_secret_is_one_that_everybody_knows(chart: Chart, target: Target, render: Render) -> None:
    for manifest in render(chart, target):
        if manifest["kind"] == "Secret":
            texts = [base64.b64decode(value).decode() for value in (manifest.get("data") or {}).values()]
            texts += (manifest.get("stringData") or {}).values()
            for text in texts:
                assert not PUBLISHED & {text, urlsplit(text).password}, title(manifest)


def test_metrics_server_is_the_image_that_the_node_is_given() -> None:
    [(_, pod)] = renders.pods(renders.overlay("metrics-server"))
    published = str(CATALOGUE["metrics-server"].published).rpartition(":")[2]
    values = yaml.safe_load((VALUES / "metrics-server.yaml").read_text())
    assert values["image"]["tag"] == published == f"v{pod['containers'][0]['image'].rpartition(':')[2]}"


def _associated() -> set[tuple[str, str]]:
    """Namespace and account of every pod identity association that is for a pod of ours or of a chart."""
    text = (REPOSITORY / "terraform" / "06-iam.tf").read_text()
    found = re.findall(r'(\S+)\s*= \{ namespace = "([^"]+)", service_account = "([^"]+)" \}', text)
    add_ons = {"ebs-csi"}
    return {(namespace, account) for name, namespace, account in found if name not in add_ons}


def test_every_account_that_aws_gives_a_role_is_one_that_a_pod_has(render: Render) -> None:
    rendered = [renders.overlay("aws"), *(render(chart, target) for chart, target in RELEASES if target == "aws")]
    accounts = {
        (workload["metadata"]["namespace"], pod["serviceAccountName"])
        for manifests in rendered
        for workload, pod in renders.pods(manifests)
    }
    assert ("cali", "consumer") in _associated()
    assert _associated() <= accounts


def test_the_consumer_on_aws_reaches_the_service_of_the_milvus_chart(render: Render) -> None:
    [pod] = [p for w, p in renders.pods(renders.overlay("aws")) if w["metadata"]["name"] == "consumer"]
    variables = {variable["name"]: variable.get("value") for variable in pod["containers"][0]["env"]}
    address = urlsplit(str(variables["CALI_MILVUS_URI"]))
    name, namespace = str(address.hostname).split(".")
    ports = {
        (manifest["metadata"]["name"], manifest["metadata"]["namespace"]): [
            p["port"] for p in manifest["spec"]["ports"]
        ]
        for manifest in render(CHARTS["milvus"], "aws")
        if manifest["kind"] == "Service"
    }
    assert address.port in ports[name, namespace]
    assert variables["CALI_PLAINTEXT_HOSTS"] == address.hostname


def test_milvus_keeps_its_files_on_its_volume(render: Render) -> None:
    [(_, pod)] = renders.pods(render(CHARTS["milvus"], "aws"))
    mounts = {mount["mountPath"]: mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert "persistentVolumeClaim" in volumes[mounts["/var/lib/milvus"]]
    assert not [path for path in mounts if path.startswith("/var/lib/milvus/")], "what lies over it ends with the pod"


def test_the_shipper_sees_the_folders_of_its_configuration(render: Render) -> None:
    for target in ("kind", "aws"):
        [(_, pod)] = renders.pods(render(CHARTS["fluent-bit"], target))
        [container] = pod["containers"]
        variables = {variable["name"]: variable["value"] for variable in container["env"]}
        assert len(variables) == len(container["env"]), "a variable is named twice"
        mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
        assert mounts[variables["CALI_LOG_DIR"]]["readOnly"] is True
        assert "readOnly" not in mounts[variables["CALI_SHIPPER_STATE_DIR"]]
        assert variables["CALI_SHIPPER_SCRIPTS"] in mounts
