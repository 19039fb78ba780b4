"""Search: one OpenSearch node in its container."""

from __future__ import annotations

from sandbox.containers.definition import Definition
from sandbox.containers.part import ContainerPart
from sandbox.services.base import NotReadyError


class OpenSearch(ContainerPart):
    """Step 5. Security is left out: nothing but this sandbox reaches it."""

    name = "opensearch"
    nature = "real"
    image_name = "opensearch"
    inner_port = 9200
    ready_s = 180.0

    def definition(self) -> Definition:
        """A node that elects itself, with a heap that logs of a sandbox fit into."""
        environment = {
            "discovery.type": "single-node",
            "DISABLE_SECURITY_PLUGIN": "true",
            "DISABLE_INSTALL_DEMO_CONFIG": "true",
            "DISABLE_PERFORMANCE_ANALYZER_AGENT_CLI": "true",
            "OPENSEARCH_JAVA_OPTS": "-Xms128m -Xmx512m",
            # A sandbox minds no full disk.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        return Definition(self.image, environment=environment, ports=self.published, memory="1280m", stop_wait_s=20)

    def probe(self) -> None:
        """It serves its indices."""
        status = self.get("/_cluster/health").json().get("status")
        if status not in {"yellow", "green"}:
            raise NotReadyError(self.name, f"the cluster is {status}")
