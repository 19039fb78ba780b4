"""What others publish for clusters: by their charts where they can be had, else by what stands in for them."""

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
FLUENT_BIT = "fluent-bit"

#: The same as the chart's, for a machine that reaches no chart.
OWN_METRICS_SERVER = REPOSITORY / "k8s" / "metrics-server"


def metrics_server(environment: Mapping[str, str] = os.environ) -> list[Manifest]:
    """What the consumer's autoscaler measures by; its image is called `cali/metrics-server`, as ours are.

    By its chart where a source of charts is named, else by our own manifest.

    Raises:
        ChartUnavailableError: CALI_CHARTS is set, and the chart is not there.
        RenderError: Helm refuses the chart with our values.
    """
    if not environment.get(VARIABLE):
        return kustomization.build(OWN_METRICS_SERVER)
    return _rendered(_METRICS_SERVER, environment)


def have_fluent_bit(environment: Mapping[str, str] = os.environ) -> None:
    """Have the shipper's chart on this machine, and helm.

    Raises:
        ChartUnavailableError: The chart cannot be had.
        ToolMissingError: There is no helm, and no Go to build it.
    """
    _helm(environment).chart(charts.read(_VALUES)[FLUENT_BIT])


def fluent_bit(environment: Mapping[str, str] = os.environ) -> list[Manifest]:
    """The shipper by its chart; its image is called `cali/fluent-bit`, as ours are.

    Raises:
        ChartUnavailableError: The chart cannot be had.
        RenderError: Helm refuses the chart with our values.
    """
    return _rendered(FLUENT_BIT, environment)


def _rendered(name: str, environment: Mapping[str, str]) -> list[Manifest]:
    manifests = _helm(environment).template(charts.read(_VALUES)[name], "kind", node_version())
    published = str(CATALOGUE[name].published).rpartition(":")[0]
    kustomization.name_images(manifests, [{"name": published, "newName": f"cali/{name}"}])
    return manifests


def _helm(environment: Mapping[str, str]) -> Helm:
    return Helm(tool("helm", Terminal(to_stderr=True)), Home.from_environment().charts, _VALUES, environment)


def node_version() -> str:
    """The Kubernetes version of a kind node."""
    return str(CATALOGUE["kind-node"].published).rpartition(":")[2].removeprefix("v")
