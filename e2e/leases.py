"""Who reads which shard, by the lease table."""

from __future__ import annotations

from e2e.kind_pipeline import KindPipeline
from e2e.pipeline import LEASES


def owners(cluster: KindPipeline) -> dict[str, str]:
    """The pod that holds each shard's lease; empty for a lease that nobody holds."""
    items = cluster.dynamodb.scan(TableName=LEASES)["Items"]
    shards = [item for item in items if not item["shard_id"]["S"].startswith("worker#")]
    return {item["shard_id"]["S"]: item.get("owner", {}).get("S", "").split("/")[0] for item in shards}
