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

_KUBERNETES = REPOSITORY / "k8s"
_OVERLAYS = (
    _KUBERNETES / "overlays" / "kind",
    _KUBERNETES / "overlays" / "kind-shipper",
)

#: What the shipper executes, by the name it has in the ConfigMap.
VALUES = {
    "values.yaml": REPOSITORY / "helm-values" / "fluent-bit.yaml",
    "override.yaml": REPOSITORY / "helm-values" / "overrides" / "kind" / "fluent-bit.yaml",
}

#: A pod is replaced when what it reads at its start has changed.
_DIGEST = "cali.sandbox/configuration"


def build(settings: Mapping[str, str], images: Mapping[str, str]) -> list[Manifest]:
    """Everything to apply; raises DefinitionError for what is broken.

    Args:
        settings: The ConfigMap `cali-runtime`.
        images: References by image name; `cali/<name>` in a manifest becomes that reference.
    """
    values = {name: path.read_text(encoding="utf-8") for name, path in VALUES.items()}
    configuration = [
        _config_map("cali-runtime", WORKLOADS, settings),
        _config_map("cali-runtime", SHIPPING, settings),
        _config_map("fluent-bit-values", SHIPPING, values),
    ]
    manifests = [manifest for overlay in _OVERLAYS for manifest in kustomization.build(overlay)]
    manifests += releases.metrics_server()
    for template in _templates(manifests):
        for container in template["spec"]["containers"]:
            container["image"] = _image(container["image"], images)
            if is_built(container["image"]):
                # It is loaded into the node: a registry could only have somebody else's of that name.
                container["imagePullPolicy"] = "Never"
        used = sorted(name for name in ("cali-runtime", "fluent-bit-values") if name in str(template))
        digest = _digest([config for config in configuration if config["metadata"]["name"] in used])
        template["metadata"].setdefault("annotations", {})[_DIGEST] = digest
    return [*manifests, *configuration]


def exist(overlays: tuple[Path, ...] = (*_OVERLAYS, releases.OWN_METRICS_SERVER)) -> list[Manifest]:
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
