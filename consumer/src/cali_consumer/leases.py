"""Who reads which shard: leases in DynamoDB, taken, renewed and given back by conditional writes alone.

The table also holds a heartbeat for each process (`worker#<id>`): it tells how many share the shards, and whose
pending alerts may be taken over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cali_consumer.dynamo import Table, condition_failed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: Checkpoint of a shard that was split or merged and is read to its end.
SHARD_END = "SHARD_END"
_WORKER = "worker#"
_FORGOTTEN_AFTER_S = 3600.0


@dataclass(frozen=True)
class Lease:
    """A shard's lease.

    Attributes:
        shard_id: The shard.
        owner: The process that reads it; empty when nobody does.
        counter: Raised by every taking and renewal; a taker proves by it that nothing happened since it looked.
        expires_at: Epoch seconds.
        checkpoint: Last sequence number that is dealt with; None before the first.
        parents: The shards it came from, which are read first.
    """

    shard_id: str
    owner: str = ""
    counter: int = 0
    expires_at: float = 0.0
    checkpoint: str | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Worker:
    """A process, by its heartbeat; `owner` is its name in leases and rows, new at each start."""

    consumer_id: str
    owner: str
    expires_at: float


@dataclass(frozen=True)
class Snapshot:
    """The lease table at one moment."""

    leases: dict[str, Lease] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)

    def living(self, now: float) -> set[str]:
        """Owners whose heartbeat is fresh."""
        return {worker.owner for worker in self.workers.values() if worker.expires_at > now}


def wanted(snapshot: Snapshot, me: str, dead: Callable[[str], bool], now: float) -> list[Lease]:
    """The leases a process should take now, so that all shards are read and shared evenly."""
    open_leases = [lease for lease in snapshot.leases.values() if lease.checkpoint != SHARD_END]
    # One of mine that ran out is not held: it could not be given back, and nobody else may be there to take it.
    mine = [lease for lease in open_leases if lease.owner == me and lease.expires_at > now]
    members = snapshot.living(now) | {me}
    fair = -(-len(open_leases) // len(members))
    room = fair - len(mine)
    if room <= 0:
        return []
    free = [
        lease
        for lease in open_leases
        if not lease.owner or lease.expires_at <= now or (lease.owner != me and dead(lease.owner))
    ]
    ready = [lease for lease in free if _parents_done(lease, snapshot.leases)]
    if ready or free:
        return sorted(ready, key=lambda lease: lease.shard_id)[:room]
    return _surplus(open_leases, me, fair, len(mine))


def _parents_done(lease: Lease, leases: dict[str, Lease]) -> bool:
    """A parent that is not in the table any more has nothing left to read."""
    return all(parent not in leases or leases[parent].checkpoint == SHARD_END for parent in lease.parents)


def _surplus(leases: Iterable[Lease], me: str, fair: int, have: int) -> list[Lease]:
    """One lease of the process that holds the most, when it holds more than its share and two more than we do."""
    held: dict[str, list[Lease]] = {}
    for lease in leases:
        if lease.owner and lease.owner != me:
            held.setdefault(lease.owner, []).append(lease)
    most = max(held.values(), key=len, default=[])
    if len(most) > fair or len(most) >= have + 2:
        return [min(most, key=lambda lease: lease.shard_id)]
    return []


class LeaseTable:
    """The table.

    Args:
        client: DynamoDB.
        name: The table.
        consumer_id: This process, by its setting.
        owner: This process, by a name that no other start of it has.
        lease_s: How long a lease lasts without renewal.
    """

    def __init__(self, client: DynamoDBClient, name: str, consumer_id: str, owner: str, lease_s: float) -> None:
        self._table = Table(client, name, "shard_id")
        self._consumer_id = consumer_id
        self.owner = owner
        self.lease_s = lease_s

    def heartbeat(self) -> None:
        """Say that this process lives."""
        self._table.put({"shard_id": f"{_WORKER}{self._consumer_id}", "owner": self.owner, "expires_at": self._until()})

    def retire(self) -> None:
        """Say that it does not any more."""
        try:
            self._table.delete(f"{_WORKER}{self._consumer_id}", "#owner = :owner", {"owner": self.owner})
        except ClientError as error:
            if not condition_failed(error):
                raise

    def read(self) -> Snapshot:
        """The whole table: a few shards, a few processes."""
        leases: dict[str, Lease] = {}
        workers: dict[str, Worker] = {}
        for item in self._table.scan():
            key = str(item["shard_id"])
            if key.startswith(_WORKER):
                worker = Worker(key.removeprefix(_WORKER), str(item["owner"]), float(item["expires_at"]))
                workers[worker.consumer_id] = worker
            else:
                leases[key] = _lease(item)
        return Snapshot(leases, workers)

    def tidy(self, snapshot: Snapshot) -> None:
        """Remove heartbeats of processes that are long gone."""
        for worker in snapshot.workers.values():
            if worker.expires_at < time.time() - _FORGOTTEN_AFTER_S:
                self._quietly(
                    lambda key: self._table.delete(key, "#owner = :owner", {"owner": worker.owner}),  # noqa: B023  called at once
                    f"{_WORKER}{worker.consumer_id}",
                )

    def ensure(self, shard_id: str, parents: tuple[str, ...]) -> None:
        """Add a shard that is not in the table."""
        item = {"shard_id": shard_id, "owner": "", "counter": 0, "expires_at": 0, "parents": list(parents)}
        self._quietly(lambda key: self._table.put(item, f"attribute_not_exists( #{key} )"), "shard_id")

    def take(self, lease: Lease) -> Lease | None:
        """Take a lease as it was read; None when somebody was faster or it was renewed meanwhile."""
        return self._write(
            lease.shard_id,
            {"owner": self.owner, "counter": lease.counter + 1, "expires_at": self._until()},
            "#counter = :counter",
            {"counter": lease.counter},
        )

    def renew(self, lease: Lease) -> Lease | None:
        """Keep a lease; None when it is lost."""
        return self._write(
            lease.shard_id,
            {"counter": lease.counter + 1, "expires_at": self._until()},
            "#owner = :owner AND #counter = :counter",
            {"owner": self.owner, "counter": lease.counter},
        )

    def checkpoint(self, shard_id: str, checkpoint: str) -> bool:
        """Move a checkpoint; False when the lease is lost."""
        return bool(self._write(shard_id, {"checkpoint": checkpoint}, "#owner = :owner", {"owner": self.owner}))

    def release(self, shard_id: str) -> None:
        """Give a lease back."""
        self._write(shard_id, {"owner": "", "expires_at": 0}, "#owner = :owner", {"owner": self.owner})

    def _write(self, shard_id: str, values: dict[str, Any], condition: str, given: dict[str, Any]) -> Lease | None:
        try:
            return _lease(self._table.update(shard_id, values=values, condition=condition, given=given))
        except ClientError as error:
            if condition_failed(error):
                return None
            raise

    def _quietly(self, write: Callable[[str], None], key: str) -> None:
        try:
            write(key)
        except ClientError as error:
            if not condition_failed(error):
                raise

    def _until(self) -> Decimal:
        return Decimal(str(round(time.time() + self.lease_s, 3)))


def _lease(item: dict[str, Any]) -> Lease:
    return Lease(
        shard_id=str(item["shard_id"]),
        owner=str(item.get("owner", "")),
        counter=int(item.get("counter", 0)),
        expires_at=float(item.get("expires_at", 0)),
        checkpoint=item.get("checkpoint"),
        parents=tuple(item.get("parents", ())),
    )
