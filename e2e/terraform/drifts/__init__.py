"""For each type that the provider can apply: a change behind its back, and how boto3 sees it."""

from __future__ import annotations

from e2e.terraform.drifts import cluster, data, identity, network
from e2e.terraform.drifts.drift import Drift

DRIFTS: dict[str, Drift] = {**cluster.DRIFTS, **data.DRIFTS, **identity.DRIFTS, **network.DRIFTS}
