"""Several consumers share the shards by lease: a death, a rollout, and what was amid its way then."""

from __future__ import annotations

import time
from collections.abc import Callable

from e2e import leases
from e2e.kind.conftest import SHARDS
from e2e.kind.errors_stream import ErrorStream
from e2e.kind_pipeline import KindPipeline
from e2e.waiting import eventually

Report = Callable[[str], None]

#: The promise of a takeover.
TAKEOVER_S = 15.0

_PER_S = 5.0


def _shared(cluster: KindPipeline) -> dict[str, str] | None:
    """The owners, once two living pods share all shards."""
    owners, pods = leases.owners(cluster), {pod.metadata.name for pod in cluster.pods("consumer")}
    return owners if len(owners) == SHARDS and set(owners.values()) <= pods and len(set(owners.values())) > 1 else None


def test_consumers_share_the_shards(cluster: KindPipeline) -> None:
    owners = eventually(lambda: _shared(cluster), "shards shared by the consumers", within_s=60)
    held = sorted(list(owners.values()).count(pod) for pod in set(owners.values()))
    assert held[-1] - held[0] <= 1


def test_a_dead_consumers_shards_are_taken_over_and_nothing_is_lost(
    cluster: KindPipeline, errors: ErrorStream, report: Report
) -> None:
    owners = eventually(lambda: _shared(cluster), "shards shared by the consumers", within_s=60)
    errors.start(_PER_S)
    eventually(lambda: len(errors.alerted()) >= 10, "alerts under way", within_s=60)
    victim = owners["shardId-000000000000"]
    orphans = {shard for shard, owner in owners.items() if owner == victim}
    # No grace: what a crashed node would be.
    cluster.core.delete_namespaced_pod(victim, "cali", grace_period_seconds=0)
    died = time.monotonic()

    def taken() -> bool:
        now = leases.owners(cluster)
        return all(now[shard] and now[shard] != victim for shard in orphans)

    eventually(taken, f"{len(orphans)} shards of {victim} taken over", within_s=60)
    took = time.monotonic() - died
    errors.stop()
    eventually(lambda: not errors.missing(), f"all {len(errors.written)} errors alerted", within_s=120)
    report(
        f"{len(orphans)} shards taken over {took:.1f} s after the pod's end; {len(errors.written)} errors, none lost"
    )
    assert took < TAKEOVER_S
    assert max(errors.alerted().values()) == 1


def test_a_rollout_loses_nothing(cluster: KindPipeline, errors: ErrorStream, report: Report) -> None:
    before = {pod.metadata.name for pod in cluster.pods("consumer")}
    errors.start(_PER_S)
    eventually(lambda: len(errors.alerted()) >= 10, "alerts under way", within_s=60)
    begun = time.monotonic()
    cluster.command("restart", "consumer", timeout_s=300)
    took = time.monotonic() - begun
    errors.stop()
    assert not before & {pod.metadata.name for pod in cluster.pods("consumer")}
    eventually(lambda: not errors.missing(), f"all {len(errors.written)} errors alerted", within_s=120)
    report(f"every pod replaced in {took:.0f} s; {len(errors.written)} errors, none lost")
    assert max(errors.alerted().values()) == 1
