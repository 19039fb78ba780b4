"""All objects of the cluster: the overlays, with the images that are there and the settings Terraform gave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.cluster import releases
from sandbox.definitions import kustomization
from sandbox.definitions.kustomization import Manifest
from sandbox.images.shelf import is_built
from sandbox.instance import REPOSITORY

WORKLOADS = "cali"
SHIPPING = "cali-shipping"

#: The shipper's DaemonSet: the stand-in's, and that of Fluent Bit's chart.
SHIPPERS = ("shipper", releases.FLUENT_BIT)

_KUBERNETES = REPOSITORY / "k8s"
_KIND = _KUBERNETES / "overlays" / "kind"
_STAND_IN = _KUBERNETES / "overlays" / "kind-shipper"

#: What the stand-in executes, by the name it has in the ConfigMap.
VALUES = {
    "values.yaml": REPOSITORY / "helm-values" / "fluent-bit.yaml",
    "override.yaml": REPOSITORY / "helm-values" / "overrides" / "kind" / "fluent-bit.yaml",
}

#: A pod is replaced when what it reads at its start has changed.
_DIGEST = "cali.sandbox/configuration"


def shipper(images: Mapping[str, str]) -> str:
    """The shipper's DaemonSet: Fluent Bit's where there is an image of it."""
    stand_in, fluent_bit = SHIPPERS
    return fluent_bit if releases.FLUENT_BIT in images else stand_in


def build(settings: Mapping[str, str], images: Mapping[str, str], authority: str = "") -> list[Manifest]:
    """Everything to apply.

    Args:
        settings: The ConfigMap `cali-runtime`.
        images: References by image name; `cali/<name>` in a manifest becomes that reference.
        authority: PEM: who vouches for Kinesis, to Fluent Bit.

    Raises:
        DefinitionError: A definition is broken.
        ChartUnavailableError: A chart cannot be had.
        RenderError: Helm refuses a chart with our values.
    """
    configuration = [_config_map("cali-runtime", WORKLOADS, settings), _config_map("cali-runtime", SHIPPING, settings)]
    manifests = [*kustomization.build(_KIND), *releases.metrics_server()]
    if releases.FLUENT_BIT in images:
        configuration.append(_config_map("kinesis-authority", SHIPPING, {"ca.pem": authority}))
        manifests += releases.fluent_bit()
    else:
        values = {name: path.read_text(encoding="utf-8") for name, path in VALUES.items()}
        configuration.append(_config_map("fluent-bit-values", SHIPPING, values))
        manifests += kustomization.build(_STAND_IN)
    for template in _templates(manifests):
        for container in template["spec"]["containers"]:
            container["image"] = _image(container["image"], images)
            if is_built(container["image"]):
                # It is loaded into the node: a registry could only have somebody else's of that name.
                container["imagePullPolicy"] = "Never"
        digest = _digest([config for config in configuration if config["metadata"]["name"] in str(template)])
        template["metadata"].setdefault("annotations", {})[_DIGEST] = digest
    return [*manifests, *configuration]


def exist(overlays: tuple[Path, ...] = (_KIND, _STAND_IN, releases.OWN_METRICS_SERVER)) -> list[Manifest]:
    """The overlays as they stand, to read what can be read before anything runs; raises DefinitionError."""
    return [manifest for overlay in overlays for manifest in kustomization.build(overlay)]


def _templates(manifests: list[Manifest]) -> Iterator[dict[str, Any]]:
    """The pod templates."""
    for manifest in manifests:
        if manifest["kind"] in ("Deployment", "DaemonSet"):
            yield manifest["spec"]["template"]


def _image(written: str, images: Mapping[str, str]) -> str:
    """The reference that stands for the one in a manifest."""
    repository = written.rpartition(":")[0] or written
    return images.get(repository.removeprefix("cali/"), written) if repository.startswith("cali/") else written


def _config_map(name: str, namespace: str, data: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "cali"}},
        "data": dict(data),
    }


def _digest(configuration: list[Manifest]) -> str:
    return hashlib.sha256(str([config["data"] for config in configuration]).encode()).hexdigest()[:16]
