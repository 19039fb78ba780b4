"""Search: a real OpenSearch node, on the user's Java or on a packaged one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import ClassVar

from sandbox.install import java
from sandbox.install.parts import OPENSEARCH_VERSION, opensearch_folder
from sandbox.install.prerequisites import MissingError
from sandbox.instance import REPOSITORY
from sandbox.ports import LOOPBACK
from sandbox.services.base import NotReadyError, Program, Service

_TRANSPORT = "opensearch-transport"


class OpenSearch(Service):
    """Step 5. Lacks the plugins of the Amazon service: security, ISM, SQL, k-NN."""

    name = "opensearch"
    nature = "real"
    default_port = 9200
    extra_ports: ClassVar[Mapping[str, int]] = {_TRANSPORT: 9300}
    ready_s = 120.0

    @property
    def cluster(self) -> str:
        """Tells this node from any other that may answer on the port."""
        return f"cali-{self.instance.name}-{self.port}"

    def program(self) -> Program:
        """One node on loopback, with all it writes in the state folder."""
        runtime = java.find() or java.packaged(self.instance.home.environments)
        if runtime is None or runtime.library is None:
            raise MissingError(
                "there is no Java", purpose="to run OpenSearch", remedy="run `sandbox up` to install one"
            )
        state = self.instance.state(self.name)
        (state / "tmp").mkdir(exist_ok=True)
        options = {
            "--java-library": runtime.library,
            "--jars": opensearch_folder(self.instance.home),
            "--folder": state,
            "--cluster": self.cluster,
            "--host": LOOPBACK,
            "--port": self.port,
            "--transport-port": self.ports[_TRANSPORT],
        }
        words = [str(word) for pair in options.items() for word in pair]
        argv = (sys.executable, "-m", "sandbox.opensearch_node", *words)
        return Program(argv, {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}, stop_wait_s=20)

    def probe(self) -> None:
        """The cluster is ours and serves its indices."""
        health = self.get("/_cluster/health").json()
        if health.get("cluster_name") != self.cluster:
            raise NotReadyError(self.name, f"port {self.port} is answered by {health.get('cluster_name')!r}")
        if health.get("status") not in {"yellow", "green"}:
            raise NotReadyError(self.name, f"the cluster is {health.get('status')}")

    def version(self) -> str:
        """OpenSearch's, from its lock."""
        return f"OpenSearch {OPENSEARCH_VERSION}"
