"""Stand-ins of the services around a delivery stream, exact in what the delivery stream relies on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from sandbox.firehose.aws import AwsClients

ROLE = "arn:aws:iam::000000000000:role/cali-firehose"
STREAM = "arn:aws:kinesis:ap-northeast-2:000000000000:stream/cali-logs-stream"
BUCKET = "arn:aws:s3:::cali-logs"


def client_error(code: str, operation: str = "Operation") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def wait_for(condition: Callable[[], Any], timeout_s: float = 5.0) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (result := condition()):
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.005)
    return result


@dataclass
class FakeShard:
    records: list[dict[str, Any]] = field(default_factory=list)
    parent: str | None = None
    closed: bool = False


class FakeKinesis:
    """One stream; `fail` holds the errors that the next calls raise."""

    def __init__(self, created: float) -> None:
        self.created = created
        self.shards = {"shardId-000": FakeShard()}
        self.exists = True
        self.fail: list[Exception] = []
        self.polls: list[tuple[float, str]] = []
        self._sequence = 0
        self._iterators: dict[str, tuple[str, int]] = {}

    def put(self, data: bytes, shard: str = "shardId-000", arrived: float | None = None) -> str:
        self._sequence += 1
        sequence = f"{self._sequence:030d}"
        at = datetime.fromtimestamp(time.time() if arrived is None else arrived, UTC)
        record = {"SequenceNumber": sequence, "Data": data, "ApproximateArrivalTimestamp": at}
        self.shards[shard].records.append(record)
        return sequence

    def split(self, parent: str, *children: str) -> None:
        self.shards[parent].closed = True
        for child in children:
            self.shards[child] = FakeShard(parent=parent)

    def recreate(self, created: float) -> None:
        self.created = created
        self.shards = {"shardId-000": FakeShard()}

    def describe_stream(self, **_: Any) -> dict[str, Any]:
        self._check()
        created = datetime.fromtimestamp(self.created, UTC)
        return {"StreamDescription": {"StreamStatus": "ACTIVE", "StreamCreationTimestamp": created}}

    def list_shards(self, **_: Any) -> dict[str, Any]:
        self._check()
        shards = []
        for shard_id, shard in self.shards.items():
            entry: dict[str, Any] = {"ShardId": shard_id, "SequenceNumberRange": {"StartingSequenceNumber": "0"}}
            if shard.closed:
                entry["SequenceNumberRange"]["EndingSequenceNumber"] = "9"
            if shard.parent:
                entry["ParentShardId"] = shard.parent
            shards.append(entry)
        return {"Shards": shards}

    def get_shard_iterator(self, **request: Any) -> dict[str, Any]:
        self._check()
        records = self.shards[request["ShardId"]].records
        if request["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER":
            after = request["StartingSequenceNumber"]
            start = sum(1 for record in records if record["SequenceNumber"] <= after)
        else:
            start = sum(1 for record in records if record["ApproximateArrivalTimestamp"] < request["Timestamp"])
        token = f"iterator-{len(self._iterators)}"
        self._iterators[token] = (request["ShardId"], start)
        return {"ShardIterator": token}

    def get_records(self, **request: Any) -> dict[str, Any]:
        self._check()
        shard_id, start = self._iterators[request["ShardIterator"]]
        self.polls.append((time.monotonic(), shard_id))
        shard = self.shards[shard_id]
        records = shard.records[start : start + 10]
        more = not shard.closed or start + len(records) < len(shard.records)
        answer: dict[str, Any] = {"Records": records, "MillisBehindLatest": 0}
        return answer | ({"NextShardIterator": "next"} if more else {})

    def _check(self) -> None:
        if self.fail:
            raise self.fail.pop(0)
        if not self.exists:
            raise client_error("ResourceNotFoundException")


class FakeS3:
    """Buckets in memory; `down` makes every put fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = threading.Event()
        self.attempts = 0

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803  # boto3's names
        self.attempts += 1
        if self.down.is_set():
            raise client_error("ServiceUnavailable", "PutObject")
        self.objects[f"{Bucket}/{Key}"] = Body


class FakeClients(AwsClients):
    """Gives out the fakes."""

    def __init__(self, **services: Any) -> None:
        super().__init__("http://127.0.0.1:1", assume_roles=False)
        self.services = services

    def client(self, service: Any, region: str, role_arn: str | None = None) -> Any:
        return self.services[service]


def s3_settings(**changes: Any) -> dict[str, Any]:
    return {
        "RoleARN": ROLE,
        "BucketARN": BUCKET,
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0},
        **changes,
    }
