"""Kinesis Data Streams as the source ("Configure source settings for Amazon Kinesis Data Streams").

Firehose reads from the LATEST position at its creation and calls GetRecords once per second for each shard. Here the
position at creation is the creation time itself, so that neither a kill before the first read nor a source that is made
later loses a record; a stream made anew under the same name is read from its beginning. Children of a re-sharding are
read once their parents are. Every poll asks for its iterator by sequence number, never by a kept iterator: an emulator
that was restarted knows no old ones, and one that counts places in a list skips records when old ones expire.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.firehose.aggregation import deaggregate
from sandbox.firehose.backoff import Backoff
from sandbox.firehose.intake import Intake
from sandbox.firehose.records import Position, Record
from sandbox.firehose.wiring import Wiring

log = logging.getLogger(__name__)

POLL_S = 1.0
_DISCOVER_S = 5.0
_FULL_S = 0.1
_THROTTLED = {"ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException"}


@dataclass
class _Shard:
    """A shard and how far it is read, which is ahead of what is delivered."""

    shard_id: str
    origin: str
    parents: set[str]
    ended: bool  # no longer written to, says ListShards
    sequence: str | None = None
    done: bool = False
    failed: bool = False  # its last poll did
    next_at: float = 0.0
    backoff: Backoff = field(default_factory=lambda: Backoff(cap_s=10.0))


class KinesisSource:
    """Reads all shards of one stream into the intake, in a thread of its own."""

    def __init__(self, definition: Mapping[str, Any], intake: Intake, wiring: Wiring) -> None:
        source = definition["Source"]["KinesisStreamSourceDescription"]
        self._arn: str = source["KinesisStreamARN"]
        self._role: str = source["RoleARN"]
        self._created: float = definition["CreateTimestamp"]
        self._uid = wiring.uid
        self._clients = wiring.clients
        self._store = wiring.store
        self._metrics = wiring.metrics
        self._intake = intake
        self._kinesis: Any = None
        self._shards: dict[str, _Shard] = {}
        self._generation = ""
        self._discover_at = 0.0
        self._active = False

    def run(self, stop: threading.Event) -> None:
        """Read until stopped; nothing that the source does ends this."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                self.step(time.monotonic())
            except (ClientError, BotoCoreError) as error:
                self._discover_at = 0.0
                self._metrics.error("source", describe_error(error))
                if backoff.failures == 0:
                    log.warning("the source stream cannot be read", extra={"stream": self._arn, "error": str(error)})
                backoff.sleep(stop)
            except Exception as error:  # whatever it is: nobody would start this thread again
                self._discover_at = 0.0
                log.exception("reading failed unexpectedly, and is tried again", extra={"stream": self._arn})
                self._metrics.error("reader", describe_error(error))
                backoff.sleep(stop)
            else:
                # A shard that failed and is not due again yet is no recovery.
                if not any(shard.failed for shard in self._readable()):
                    self._metrics.recovered("reader")
                    if self._active:
                        self._metrics.recovered("source")
                    backoff.reset()
                stop.wait(max(0.01, min(0.25, self._next() - time.monotonic())))

    def step(self, now: float) -> None:
        """Look for new shards when it is time, and poll every shard that is due."""
        if self._kinesis is None:
            self._kinesis = self._clients.client("kinesis", self._arn.split(":")[3], self._role)
        if now >= self._discover_at:
            self._discover()
            self._discover_at = now + _DISCOVER_S
        for shard in self._readable():
            if now >= shard.next_at:
                self._poll(shard, now)

    def _next(self) -> float:
        return min([self._discover_at, *(shard.next_at for shard in self._readable())])

    def _readable(self) -> list[_Shard]:
        """Return the shards still to be read whose parents, where they are still listed, have been read."""
        unread = {shard_id for shard_id, shard in self._shards.items() if not shard.done}
        return [self._shards[shard_id] for shard_id in sorted(unread) if not self._shards[shard_id].parents & unread]

    def _discover(self) -> None:
        # DescribeStream, not its summary: that is what the policy in AWS's documentation permits a Firehose role.
        stream = self._kinesis.describe_stream(StreamARN=self._arn, Limit=1)["StreamDescription"]
        self._active = stream["StreamStatus"] in {"ACTIVE", "UPDATING"}
        if not self._active:
            self._metrics.error("source", f"the stream is {stream['StreamStatus']}")
            return
        generation = f"{stream['StreamCreationTimestamp'].timestamp():.3f}"
        if generation != self._generation:
            if self._generation:
                log.warning(
                    "the source stream was made anew: reading it from its beginning", extra={"stream": self._arn}
                )
            self._generation, self._shards = generation, {}
        listed = self._list_shards()
        saved = self._store.positions(self._uid)
        for shard_id, entry in listed.items():
            origin = f"{generation}/{shard_id}"
            known = self._shards.get(shard_id)
            if known is None:
                position = saved.get(origin, Position(None))
                parents = {p for p in (entry.get("ParentShardId"), entry.get("AdjacentParentShardId")) if p}
                known = _Shard(shard_id, origin, parents, ended=False, sequence=position.sequence, done=position.closed)
                self._shards[shard_id] = known
            known.ended = "EndingSequenceNumber" in entry["SequenceNumberRange"]
        self._shards = {shard_id: shard for shard_id, shard in self._shards.items() if shard_id in listed}
        self._store.forget(self._uid, set(saved) - {shard.origin for shard in self._shards.values()})
        self._metrics.shards(set(listed))

    def _list_shards(self) -> dict[str, Any]:
        shards: dict[str, Any] = {}
        request: dict[str, str] = {"StreamARN": self._arn}
        while True:
            answer = self._kinesis.list_shards(**request)
            shards |= {shard["ShardId"]: shard for shard in answer["Shards"]}
            if not answer.get("NextToken"):
                return shards
            request = {"StreamARN": self._arn, "NextToken": answer["NextToken"]}

    def _poll(self, shard: _Shard, now: float) -> None:
        if not self._intake.has_room():
            shard.next_at = now + _FULL_S
            return
        shard.next_at, shard.failed = now + POLL_S, True
        try:
            answer = self._get_records(shard)
        except ClientError as error:
            self._refused(shard, error, now)
        else:
            shard.backoff.reset()
            self._take(shard, answer)
        shard.failed = False

    def _refused(self, shard: _Shard, error: ClientError, now: float) -> None:
        """Wait when throttled, start over when the position is unknown to the shard; anything else is the stream's."""
        code = error.response["Error"]["Code"]
        if code == "InvalidArgumentException" and shard.sequence is not None:
            log.warning("the shard does not know the position: reading it anew", extra={"shard": shard.shard_id})
            shard.sequence = None
        elif code in _THROTTLED:
            self._metrics.throttled()
            shard.next_at = now + POLL_S + shard.backoff.next()
        else:
            raise error

    def _get_records(self, shard: _Shard) -> Any:
        where: dict[str, Any] = {"StreamARN": self._arn, "ShardId": shard.shard_id}
        if shard.sequence is None:
            where |= {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": datetime.fromtimestamp(int(self._created), UTC)}
        else:
            where |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": shard.sequence}
        iterator = self._kinesis.get_shard_iterator(**where)["ShardIterator"]
        return self._kinesis.get_records(ShardIterator=iterator, StreamARN=self._arn)

    def _take(self, shard: _Shard, answer: Mapping[str, Any]) -> None:
        records = [record for entry in answer["Records"] for record in self._records(shard.origin, entry)]
        behind = answer.get("MillisBehindLatest") or 0
        if records:
            self._metrics.read(len(answer["Records"]), sum(len(record.data) for record in records))
            self._intake.put(records)
        if answer["Records"]:
            shard.sequence = answer["Records"][-1]["SequenceNumber"]
        # An emulator may never withhold the next iterator: a shard that is listed as ended and has no more is done too.
        if not answer.get("NextShardIterator") or (shard.ended and not answer["Records"] and not behind):
            shard.done = True
            self._intake.close_origin(shard.origin, Position(shard.sequence, closed=True))
            self._discover_at = 0.0
        self._metrics.shard(shard.shard_id, read_to=shard.sequence, millis_behind=behind, closed=shard.done)

    def _records(self, origin: str, entry: Mapping[str, Any]) -> list[Record]:
        arrived = entry["ApproximateArrivalTimestamp"].timestamp()
        if arrived < self._created:  # AT_TIMESTAMP is asked in whole seconds; LATEST would not have shown these
            return []
        parts = deaggregate(entry["Data"])
        return [
            Record(data, arrived, origin, entry["SequenceNumber"], index, last=index == len(parts) - 1)
            for index, data in enumerate(parts)
        ]


def describe_error(error: Exception) -> str:
    """Return one line of an error of boto3."""
    if isinstance(error, ClientError):
        return f"{error.response['Error'].get('Code', 'Error')}: {error.response['Error'].get('Message', '')}"
    return f"{type(error).__name__}: {error}"
