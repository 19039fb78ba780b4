"""What kind is told of the one node it is to make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.ports import LOOPBACK


def of_node(mounts: Mapping[str, Path], *, own_image: bool, old_control_groups: bool) -> dict[str, object]:
    """A cluster of one node, as kind's configuration file has it.

    Args:
        mounts: Folders of the host, by where the node has them.
        own_image: Whether the image was built here: it brings a network of one node instead of kind's.
        old_control_groups: Whether the host has version 1 of them.
    """
    shared = [{"hostPath": str(folder), "containerPath": path} for path, folder in mounts.items()]
    networking: dict[str, object] = {"apiServerAddress": LOOPBACK}
    if own_image:
        networking["disableDefaultCNI"] = True
    configuration: dict[str, object] = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "networking": networking,
        "nodes": [{"role": "control-plane", "extraMounts": shared}],
    }
    if old_control_groups:
        # The kubelet refuses such hosts unless it is told.
        configuration["kubeadmConfigPatches"] = ["kind: KubeletConfiguration\nfailCgroupV1: false\n"]
    return configuration
