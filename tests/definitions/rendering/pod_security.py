"""The `restricted` profile of the pod security standards, as the API server enforces it on a namespace's pods."""

from __future__ import annotations

from collections.abc import Iterator

from tests.definitions.rendering.renders import Manifest

#: The kinds of volumes that the profile allows.
_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
_SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(pod: Manifest) -> list[str]:
    """What in a pod's spec the profile refuses, each in a few words."""
    of_containers = [[*_identity(container, pod), *_powers(container)] for container in _containers(pod)]
    return [*_of_pod(pod), *(found for those in of_containers for found in those)]


def _containers(pod: Manifest) -> list[Manifest]:
    names = ("initContainers", "containers", "ephemeralContainers")
    return [container for name in names for container in pod.get(name) or []]


def _of_pod(pod: Manifest) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield field
    for volume in pod.get("volumes") or []:
        for kind in volume.keys() - {"name"} - _VOLUMES:
            yield f"volume {volume['name']} is {kind}"


def _identity(container: Manifest, pod: Manifest) -> Iterator[str]:
    both = {**(pod.get("securityContext") or {}), **(container.get("securityContext") or {})}
    name = container["name"]
    if both.get("runAsNonRoot") is not True:
        yield f"{name} may run as root"
    if both.get("runAsUser") == 0:
        yield f"{name} runs as root"
    if (both.get("seccompProfile") or {}).get("type") not in _SECCOMP:
        yield f"{name} has no seccomp profile"


def _powers(container: Manifest) -> Iterator[str]:
    context = container.get("securityContext") or {}
    name = container["name"]
    if context.get("privileged"):
        yield f"{name} is privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{name} allows privilege escalation"
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield f"{name} does not drop ALL capabilities"
    if added := set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield f"{name} adds {', '.join(sorted(added))}"
    if context.get("procMount", "Default") != "Default":
        yield f"{name} unmasks /proc"
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            yield f"{name} takes the host port {port['hostPort']}"
