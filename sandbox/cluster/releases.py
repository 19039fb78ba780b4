"""What others publish for clusters: by their charts where a source of charts is named, else by our own manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sandbox.definitions import charts, kustomization
from sandbox.definitions.kustomization import Manifest
from sandbox.helm.client import Helm
from sandbox.helm.source import VARIABLE
from sandbox.images.catalogue import CATALOGUE
from sandbox.images.tools import tool
from sandbox.instance import REPOSITORY, Home
from sandbox.terminal import Terminal

_VALUES = REPOSITORY / "helm-values"
_METRICS_SERVER = "metrics-server"

#: The same as the chart's, for a machine that reaches no chart.
OWN_METRICS_SERVER = REPOSITORY / "k8s" / "metrics-server"


def metrics_server(environment: Mapping[str, str] = os.environ) -> list[Manifest]:
    """What the consumer's autoscaler measures by; its image is called `cali/metrics-server`, as ours are.

    Raises:
        ChartUnavailableError: CALI_CHARTS is set, and the chart is not there.
        RenderError: Helm refuses the chart with our values.
    """
    if not environment.get(VARIABLE):
        return kustomization.build(OWN_METRICS_SERVER)
    folder = Home.from_environment().charts
    helm = Helm(tool("helm", Terminal(to_stderr=True)), folder, _VALUES, environment)
    manifests = helm.template(charts.read(_VALUES)[_METRICS_SERVER], "kind", node_version())
    published = str(CATALOGUE[_METRICS_SERVER].published).rpartition(":")[0]
    kustomization.name_images(manifests, [{"name": published, "newName": f"cali/{_METRICS_SERVER}"}])
    return manifests


def node_version() -> str:
    """The Kubernetes version of a kind node."""
    return str(CATALOGUE["kind-node"].published).rpartition(":")[2].removeprefix("v")
