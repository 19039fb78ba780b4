"""Step 6: polls one shard, hands its records on, and moves its checkpoint behind what is durable."""

from __future__ import annotations

import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cali_consumer.intake import Intake
from cali_consumer.leases import SHARD_END, Lease, LeaseTable
from cali_consumer.observed import Observed

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 5.0


class Hold:
    """A lease in the hands of this process; it ends by itself when renewals fail.

    Args:
        lease: As it was taken.
        lease_s: How long it lasts.
    """

    def __init__(self, lease: Lease, lease_s: float) -> None:
        self.lease = lease
        self._lease_s = lease_s
        self._until = time.monotonic() + lease_s
        self._ended = threading.Event()

    def renewed(self, lease: Lease, since: float) -> None:
        """It was renewed by a request that began at `since` (monotonic)."""
        self.lease = lease
        self._until = since + self._lease_s

    def end(self) -> None:
        """It is lost, or to be given back."""
        self._ended.set()

    def over(self) -> bool:
        """Whether the shard must not be read any more."""
        return self._ended.is_set() or time.monotonic() >= self._until

    def wait(self, seconds: float) -> None:
        """Rest, unless it ends."""
        self._ended.wait(max(seconds, 0.0))


class ShardReader(threading.Thread):
    """Reads a shard for as long as its lease is held.

    Args:
        kinesis: The API.
        stream: The stream's name and ARN.
        hold: The lease.
        leases: Where the checkpoint is.
        intake: Takes the records.
        poll_interval_s: Time between two reads.
        batch_size: Records of one read at most.
        observed: Counts.
    """

    def __init__(  # noqa: PLR0913  the parts it joins
        self,
        kinesis: KinesisClient,
        stream: dict[str, Any],
        hold: Hold,
        leases: LeaseTable,
        intake: Intake,
        *,
        poll_interval_s: float,
        batch_size: int,
        observed: Observed,
    ) -> None:
        super().__init__(name=f"read-{hold.lease.shard_id}", daemon=True)
        self.hold = hold
        self.shard_id = hold.lease.shard_id
        self.finished = False
        self._kinesis = kinesis
        self._stream = stream
        self._leases = leases
        self._intake = intake
        self._poll_interval_s = poll_interval_s
        self._batch_size = batch_size
        self._observed = observed
        self._checkpoint = hold.lease.checkpoint
        self._iterator: str | None = None

    def run(self) -> None:
        """Poll until the lease is over."""
        log.info("reading shard", extra={"shard": self.shard_id, "checkpoint": self._checkpoint or "TRIM_HORIZON"})
        self._observed.checkpointed(self.shard_id, self._checkpoint)
        failures = 0
        while not self.hold.over():
            began = time.monotonic()
            try:
                self._poll()
                failures = 0
            except Exception as error:  # noqa: BLE001  a shard is read again after any fault, from its checkpoint
                failures += 1
                self._failed(error)
                pause = min(0.25 * 2 ** min(failures, 6), _LONGEST_PAUSE_S) * random.uniform(0.5, 1.0)  # noqa: S311  no secret
                self.hold.wait(pause)
            if self.finished:
                break
            self.hold.wait(self._poll_interval_s - (time.monotonic() - began))
        self._observed.shard_left(self.shard_id)
        log.info("left shard", extra={"shard": self.shard_id, "checkpoint": self._checkpoint})

    def _poll(self) -> None:
        if self._iterator is None:
            self._iterator = self._fresh_iterator()
        answer = self._kinesis.get_records(
            ShardIterator=self._iterator, Limit=self._batch_size, **_only(self._stream, "StreamARN")
        )
        self._observed.dependency("kinesis")
        records = answer["Records"]
        self._observed.polled(self.shard_id, int(answer.get("MillisBehindLatest") or 0))
        if records:
            progress = self._intake.process(self.shard_id, records, self.hold.over)
            safe = progress.safe()
            if safe is not None:
                self._move(safe)
            if not progress.complete:
                self._iterator = None
                return
        self._iterator = answer.get("NextShardIterator")
        if self._iterator is None:
            self._move(SHARD_END)
            self.finished = True

    def _move(self, checkpoint: str) -> None:
        try:
            kept = self._leases.checkpoint(self.shard_id, checkpoint)
        except Exception as error:
            self._observed.dependency("dynamodb", error)
            raise
        if not kept:
            log.warning("lease lost", extra={"shard": self.shard_id})
            self.hold.end()
            return
        self._observed.dependency("dynamodb")
        self._checkpoint = checkpoint
        self._observed.count("checkpoints")
        self._observed.checkpointed(self.shard_id, checkpoint)

    def _fresh_iterator(self) -> str:
        """Behind the checkpoint, or the oldest record there is."""
        where: dict[str, Any] = {**self._stream, "ShardId": self.shard_id}
        if self._checkpoint is not None:
            try:
                return self._kinesis.get_shard_iterator(
                    **where, ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=self._checkpoint
                )["ShardIterator"]
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidArgumentException":
                    raise
                # The stream was made anew: its numbers are others. Reading all of it repeats no alert.
                log.warning("checkpoint unknown to the stream", extra={"shard": self.shard_id, "error": str(error)})
        return self._kinesis.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]

    def _failed(self, error: Exception) -> None:
        self._iterator = None
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code == "ExpiredIteratorException":
            return
        self._observed.count("poll_failed")
        if getattr(error, "operation_name", "Get").startswith("Get"):
            self._observed.dependency("kinesis", error)
        log.warning("shard not read", extra={"shard": self.shard_id, "error": str(error)})


def _only(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
