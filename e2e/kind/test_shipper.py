"""Whose program ships the logs: `status` calls nothing real that the node runs a stand-in for."""

from __future__ import annotations

from e2e.kind_pipeline import KindPipeline


def test_status_tells_what_the_node_runs(cluster: KindPipeline) -> None:
    pods = cluster.core.list_namespaced_pod("cali-shipping").items
    [image] = [container.image for pod in pods for container in pod.spec.containers]
    [shipper] = [service for service in cluster.status()["services"] if service["name"] == "shipper"]
    # Fluent Bit is nobody's image but its own: what was built here carries our name.
    assert (shipper["nature"], shipper["version"]) == ("stand-in" if image.startswith("cali/") else "real", image)
