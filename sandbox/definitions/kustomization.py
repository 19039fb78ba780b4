"""Builds a kustomization: the part of kustomize that `k8s/` uses, and an error for any other part.

Follows the kustomization reference of the Kubernetes documentation ("Declarative Management of Kubernetes Objects Using
Kustomize"): resources, labels without selectors, namespace, replicas, images, and strategic-merge patches in files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sandbox.definitions.errors import DefinitionError

Manifest = dict[str, Any]

_KNOWN = frozenset({"apiVersion", "kind", "namespace", "labels", "resources", "replicas", "images", "patches"})

#: Kinds that live in no namespace.
CLUSTER_WIDE = frozenset(
    {"APIService", "ClusterRole", "ClusterRoleBinding", "Namespace", "PriorityClass", "StorageClass"}
)

# Lists that a strategic merge joins by an element's key; any other list is replaced (Kubernetes API conventions).
_MERGE_KEYS = {"containers": "name", "initContainers": "name", "env": "name", "volumes": "name", "ports": "name"}


def build(folder: Path) -> list[Manifest]:
    """The manifests of the kustomization in `folder`, as `kustomize build` gives them.

    Raises:
        DefinitionError: A file is missing or broken, or uses a part of kustomize that is not supported here.
    """
    path = folder / "kustomization.yaml"
    try:
        return _build(folder, path)
    except (KeyError, TypeError, AttributeError) as error:
        # Kubernetes would refuse such a manifest; the message names what was looked for.
        raise DefinitionError(path, "", f"a resource or patch is no Kubernetes object: {error!r}") from error


def _build(folder: Path, path: Path) -> list[Manifest]:
    content = _single(path)
    if unknown := sorted(set(content) - _KNOWN):
        raise DefinitionError(path, unknown[0], "is not supported here", hint=f"supported: {', '.join(sorted(_KNOWN))}")
    manifests: list[Manifest] = []
    for entry in content.get("resources", []):
        resource = folder / entry
        manifests += build(resource) if resource.is_dir() else load(resource)
    for entry in content.get("patches", []):
        if set(entry) != {"path"}:
            raise DefinitionError(path, "patches", f"{entry} is not supported here", hint="use `path: FILE` alone")
        for patch in load(folder / entry["path"]):
            target = _find(manifests, patch, folder / entry["path"])
            target.update(merge(target, patch))
    for entry in content.get("replicas", []):
        target = _find(manifests, {"kind": "Deployment", "metadata": {"name": entry["name"]}}, path)
        target["spec"]["replicas"] = entry["count"]
    name_images(manifests, content.get("images", []))
    for manifest in manifests:
        metadata = manifest.setdefault("metadata", {})
        if "namespace" in content and manifest["kind"] not in CLUSTER_WIDE:
            metadata["namespace"] = content["namespace"]
        for entry in content.get("labels", []):
            metadata.setdefault("labels", {}).update(entry["pairs"])
    return manifests


def name_images(manifests: list[Manifest], images: list[dict[str, str]]) -> None:
    """Replace images as the field `images` does: `name` becomes `newName`, its tag `newTag` or its `digest`."""
    wanted = {entry["name"]: entry for entry in images}
    for container in (container for manifest in manifests for container in containers(manifest)):
        name, _, tag = container["image"].rpartition(":")
        if entry := wanted.get(name):
            suffix = f"@{entry['digest']}" if "digest" in entry else f":{entry.get('newTag', tag)}"
            container["image"] = entry.get("newName", name) + suffix


def containers(manifest: Manifest) -> list[dict[str, Any]]:
    """The containers of a workload's pods, those that run first among them; none for any other kind."""
    spec = manifest.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or {} if manifest["kind"] != "Pod" else spec
    return [*(pod.get("initContainers") or []), *(pod.get("containers") or [])]


def load(path: Path) -> list[Manifest]:
    """Every YAML document of a file; raises DefinitionError with the line of a syntax error."""
    try:
        return [document for document in yaml.safe_load_all(path.read_text()) if document]
    except OSError as error:
        raise DefinitionError(path, "", error.strerror or str(error)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DefinitionError(path, f"line {line}", error.problem or "is not YAML") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DefinitionError(path, "", f"is not YAML: {' '.join(str(error).split())}") from error


def merge(base: Any, patch: Any, field: str = "") -> Any:
    """Strategic merge of `patch` over `base`: maps deeply, keyed lists by key, null removes, the rest is replaced."""
    if isinstance(base, dict) and isinstance(patch, dict):
        merged = dict(base)
        for key, value in patch.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = merge(base.get(key), value, key)
        return merged
    if isinstance(base, list) and isinstance(patch, list) and (key := _MERGE_KEYS.get(field)):
        by_name = {element[key]: element for element in base}
        # The patch's elements come first, as kustomize has it; processes and pods take them in any order.
        patched = {element[key]: merge(by_name.get(element[key], {}), element, field) for element in patch}
        return [*patched.values(), *(element for name, element in by_name.items() if name not in patched)]
    return patch


def _single(path: Path) -> Manifest:
    documents = load(path)
    if len(documents) != 1:
        raise DefinitionError(path, "", f"has {len(documents)} documents, one is expected")
    return documents[0]


def _find(manifests: list[Manifest], wanted: Manifest, path: Path) -> Manifest:
    for manifest in manifests:
        if manifest["kind"] == wanted["kind"] and manifest["metadata"]["name"] == wanted["metadata"]["name"]:
            return manifest
    raise DefinitionError(path, f"{wanted['kind']}/{wanted['metadata']['name']}", "is not among the resources")
