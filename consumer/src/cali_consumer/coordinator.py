"""Keeps this process among the others: heartbeat, leases, one reader for each shard it holds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cali_consumer.leases import LeaseTable, Snapshot, wanted
from cali_consumer.observed import Observed
from cali_consumer.shard_reader import Hold, ShardReader

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

log = logging.getLogger(__name__)

_SHARDS_EVERY_S = 30.0


class Coordinator:
    """Takes, renews and gives back leases.

    Args:
        kinesis: Lists the shards.
        stream_name: Of which stream.
        leases: The lease table.
        make_reader: Builds the reader of a shard that is held now.
        observed: Told whether DynamoDB works.
    """

    def __init__(
        self,
        kinesis: KinesisClient,
        stream_name: str,
        leases: LeaseTable,
        make_reader: Callable[[Hold], ShardReader],
        observed: Observed,
    ) -> None:
        self._kinesis = kinesis
        self._stream_name = stream_name
        self._leases = leases
        self._make_reader = make_reader
        self._observed = observed
        self._readers: dict[str, ShardReader] = {}
        self._snapshot = Snapshot()
        self._read_at = float("-inf")
        self._unknown_since: dict[str, float] = {}
        self._listed_at = float("-inf")
        self._stop = threading.Event()
        self._draining = False
        self.ticked_at = 0.0
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def drain(self, deadline: float) -> None:
        """Let the readers finish what they have read, and give their leases back."""
        self._draining = True  # leases are still renewed, none is taken
        readers = dict(self._readers)
        for reader in readers.values():
            reader.hold.end()
        for shard_id, reader in readers.items():
            reader.join(max(0.0, deadline - time.monotonic()))
            if not reader.is_alive():
                self._release(shard_id)

    def stop(self) -> None:
        """End the heartbeat: this process has nothing any more that is its own."""
        self._stop.set()
        self._thread.join(self._leases.lease_s)
        try:
            self._leases.retire()
        except Exception as error:  # noqa: BLE001  it expires by itself
            log.warning("heartbeat not removed", extra={"error": str(error)})

    def is_dead(self, owner: str) -> bool:
        """Whether a process is certainly not at work; a name never seen before is given the length of a lease."""
        if owner == self._leases.owner:
            return False
        if not owner:
            return True
        now = time.time()
        consumer_id = owner.rsplit("/", 1)[0]
        if time.monotonic() - self._read_at > self._leases.lease_s / 2:
            return False  # what was read so long ago says nothing: after an outage every heartbeat looks dead
        heartbeat = self._snapshot.workers.get(consumer_id)
        if heartbeat is not None:
            # The same consumer started again: its former self is gone.
            return heartbeat.owner != owner or heartbeat.expires_at <= now
        since = self._unknown_since.setdefault(owner, time.monotonic())
        return time.monotonic() - since > self._leases.lease_s

    def may_take(self, owner: str) -> bool:
        """Whether a pending alert of this owner may be worked on here."""
        return owner == self._leases.owner or self.is_dead(owner)

    @property
    def shards(self) -> list[str]:
        """The shards that are read here."""
        return list(self._readers)

    def _run(self) -> None:
        interval = self._leases.lease_s / 4
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._tick()
                self._observed.dependency("dynamodb")
            except Exception as error:  # noqa: BLE001  leases run out by themselves when this keeps failing
                failing = "kinesis" if getattr(error, "operation_name", "") == "ListShards" else "dynamodb"
                self._observed.dependency(failing, error)
                log.warning("leases not renewed", extra={"error": str(error)})
            self.ticked_at = time.monotonic()
            self._stop.wait(max(0.1, interval - (time.monotonic() - began)))

    def _tick(self) -> None:
        self._leases.heartbeat()
        self._renew()
        if time.monotonic() - self._listed_at > _SHARDS_EVERY_S:
            self._list_shards()
        self._snapshot, self._read_at = self._leases.read(), time.monotonic()
        if self._draining:
            return
        for lease in wanted(self._snapshot, self._leases.owner, self.is_dead, time.time()):
            if lease.shard_id in self._readers:
                continue  # it has ended or is about to, and is tidied up first
            since = time.monotonic()
            taken = self._leases.take(lease)
            if taken is None or self._draining:
                continue
            hold = Hold(taken, self._leases.lease_s)
            hold.renewed(taken, since)
            reader = self._readers[taken.shard_id] = self._make_reader(hold)
            reader.start()

    def _renew(self) -> None:
        for shard_id, reader in list(self._readers.items()):
            if not reader.is_alive():
                del self._readers[shard_id]
                if reader.finished:
                    self._listed_at = float("-inf")  # its children may be read now
                self._release(shard_id)
                continue
            since = time.monotonic()
            renewed = self._leases.renew(reader.hold.lease)
            if renewed is None:
                log.warning("lease taken by another process", extra={"shard": shard_id})
                reader.hold.end()
            else:
                reader.hold.renewed(renewed, since)

    def _list_shards(self) -> None:
        known = self._leases.read().leases
        for page in self._kinesis.get_paginator("list_shards").paginate(StreamName=self._stream_name):
            for shard in page["Shards"]:
                if shard["ShardId"] not in known:
                    parents = (shard.get("ParentShardId"), shard.get("AdjacentParentShardId"))
                    self._leases.ensure(shard["ShardId"], tuple(parent for parent in parents if parent))
        self._listed_at = time.monotonic()
        self._leases.tidy(self._snapshot)

    def _release(self, shard_id: str) -> None:
        try:
            self._leases.release(shard_id)
        except Exception as error:  # noqa: BLE001  it runs out by itself
            log.warning("lease not given back", extra={"shard": shard_id, "error": str(error)})
