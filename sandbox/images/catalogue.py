"""Every image by name: what it is for, who publishes it, and which of our recipes stands in for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sandbox.images.errors import UnknownImageError
from sandbox.install.parts import OPENSEARCH_VERSION


@dataclass(frozen=True)
class Entry:
    """One image.

    Attributes:
        name: What it is called here.
        purpose: What it is for.
        recipe: The attribute of `Recipes` that builds it; None where no image of ours stands in for it.
        published: The published image at a pinned version; None for the product's own.
    """

    name: str
    purpose: str
    recipe: str | None
    published: str | None = None


_ENTRIES = (
    Entry("python", "base of the workloads", "python", "python:3.11.14-slim-bookworm"),
    Entry("consumer", "the consumer", "consumer"),
    Entry("log-generator", "the log generator", "log_generator"),
    Entry("sandbox", "the sandbox's own servers", "sandbox"),
    Entry("model", "model stand-in", "model"),
    Entry("milvus-lite", "vector store", "milvus_lite"),
    Entry("localstack", "AWS emulator", "localstack", "localstack/localstack:4.14.0"),
    Entry("ministack", "AWS emulator, the lighter one", "ministack"),
    Entry("opensearch", "search", "opensearch", f"opensearchproject/opensearch:{OPENSEARCH_VERSION}"),
    Entry(
        "metrics-server",
        "what the autoscaler asks",
        "metrics_server",
        "registry.k8s.io/metrics-server/metrics-server:v0.9.0",
    ),
    Entry(
        "fluent-bit",
        "the shipper, where it can be pulled",
        None,
        "cr.fluentbit.io/fluent/fluent-bit:5.1.1",
    ),
    Entry("kind-node", "a Kubernetes node", "kind_node", "kindest/node:v1.37.0"),
)

CATALOGUE: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in _ENTRIES})

#: Those that can always be had.
BUILDABLE = tuple(entry.name for entry in _ENTRIES if entry.recipe)


def entry(name: str) -> Entry:
    """The image called `name`; raises UnknownImageError."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UnknownImageError(name, sorted(CATALOGUE)) from None
