"""What the sandbox runs in the cluster, as parts."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.cluster import manifests
from sandbox.cluster.api import Api
from sandbox.cluster.releases import FLUENT_BIT
from sandbox.cluster.workload import DeployedPart

#: In the pods of the consumer and of the shipper (k8s/).
_CONSUMER_PORT = 8080
_SHIPPER_PORT = 2020


def deployed(api: Api, images: Mapping[str, str]) -> dict[str, DeployedPart]:
    """The shipper, the consumer and the log generator, by name.

    The shipper is Fluent Bit where there is an image of it, else the stand-in.

    Args:
        api: The cluster.
        images: References by image name.
    """
    fluent_bit = images.get(FLUENT_BIT, "")
    shipper = DeployedPart(
        api,
        kind="DaemonSet",
        namespace=manifests.SHIPPING,
        name="shipper",
        resource=manifests.shipper(images),
        image=fluent_bit or images.get("sandbox", ""),
        nature="real" if fluent_bit else "stand-in",
        port=_SHIPPER_PORT,
    )
    consumer = DeployedPart(
        api,
        kind="Deployment",
        namespace=manifests.WORKLOADS,
        name="consumer",
        image=images.get("consumer", ""),
        port=_CONSUMER_PORT,
    )
    generator = DeployedPart(
        api,
        kind="Deployment",
        namespace=manifests.WORKLOADS,
        name="log-generator",
        image=images.get("log-generator", ""),
    )
    return {part.name: part for part in (shipper, consumer, generator)}
