"""Clients of an instance's own stores, for `status` and `trace` to read what really arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.errors import SandboxError
from sandbox.iam import decisions as iam_decisions
from sandbox.iam import refusals
from sandbox.iam.refusals import Use
from sandbox.isolation import LOCAL_CREDENTIALS
from sandbox.replicas import Replicas, consumers

_TIMEOUT_S = 3.0

_CONFIG = Config(
    connect_timeout=_TIMEOUT_S, read_timeout=_TIMEOUT_S, retries={"max_attempts": 1}, s3={"addressing_style": "path"}
)

#: Everything that means "the store did not answer as it should".
StoreFault = (httpx.HTTPError, BotoCoreError, ClientError, ValueError, KeyError)


class StoreError(SandboxError):
    """A store could not be read.

    Attributes:
        store: Its name.
    """

    def __init__(self, store: str, cause: Exception) -> None:
        super().__init__(f"{store} cannot be read: {cause}")
        self.store = store


@dataclass(frozen=True)
class Stores:
    """Where the parts of a running sandbox are reached.

    Attributes:
        region: AWS region.
        aws, firehose, opensearch, milvus, model, slack: Their addresses.
        shipper, consumer: Whoever runs as that.
        outputs: Terraform's outputs: names of the stream, the bucket, the tables.
        containers: The folder of the container logs.
        real_shipper: Whether the shipper is Fluent Bit itself.
        decisions: The file of IAM decisions, which only an emulator that enforces IAM writes.
    """

    region: str
    aws: str
    firehose: str
    opensearch: str
    milvus: str
    model: str
    slack: str
    shipper: Replicas
    consumer: Replicas
    outputs: dict[str, str]
    containers: Path
    real_shipper: bool = False
    decisions: Path | None = None

    @cached_property
    def _session(self) -> Any:  # boto3 builds its clients at run time
        """A boto3 session that never sees the user's own settings."""
        return boto3.session.Session(
            aws_access_key_id=LOCAL_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=LOCAL_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=self.region,
        )

    @cached_property
    def kinesis(self) -> Any:
        """Kinesis."""
        return self._session.client("kinesis", endpoint_url=self.aws, config=_CONFIG)

    @cached_property
    def s3(self) -> Any:
        """S3."""
        return self._session.client("s3", endpoint_url=self.aws, config=_CONFIG)

    @cached_property
    def secretsmanager(self) -> Any:
        """Secrets Manager."""
        return self._session.client("secretsmanager", endpoint_url=self.aws, config=_CONFIG)

    @cached_property
    def iam(self) -> Any:
        """IAM."""
        return self._session.client("iam", endpoint_url=self.aws, config=_CONFIG)

    @cached_property
    def dynamodb(self) -> Any:
        """DynamoDB, with Python values in place of its typed ones."""
        return self._session.resource("dynamodb", endpoint_url=self.aws, config=_CONFIG)

    @cached_property
    def http(self) -> httpx.Client:
        """For what is plain HTTP; proxies of the user are not asked."""
        return httpx.Client(timeout=_TIMEOUT_S, trust_env=False)

    def json(self, url: str) -> Any:
        """GET a JSON document; raises httpx.HTTPError when the answer is not 2xx."""
        answer = self.http.get(url)
        answer.raise_for_status()
        return answer.json()

    def consumer_status(self) -> dict[str, Any]:
        """What the consumer says of itself."""
        return consumers(self.consumer.get("/status"))

    def shipper_counters(self) -> dict[str, Any]:
        """What the shipper counted: `records_out`, and more by the stand-in, which Fluent Bit does not tell."""
        if self.real_shipper:
            answers = self.shipper.get("/api/v1/metrics")
            outputs = [output for answer in answers for output in answer["output"].values()]
            return {"records_out": sum(int(output["proc_records"]) for output in outputs)}
        # One runs on each node, and a sandbox has one node.
        [answer] = self.shipper.get("/_sandbox/health")
        return dict(answer["counters"])

    def delivery_fault(self, output: str) -> str:
        """Why a delivery stream, named by an output of Terraform, does not deliver; empty when it does."""
        name = self.outputs[output]
        stream = self.json(f"{self.firehose}/_sandbox/health")["streams"].get(name)
        if stream is None:
            return f"there is no delivery stream {name}"
        return f"{name}: {stream['reason']}" if stream["state"] == "failing" else ""

    def refused(self, uses: Iterable[Use]) -> str:
        """Which of these actions a role was refused, and has not been allowed since; empty when none was."""
        return refusals.refused(uses, iam_decisions.read(self.decisions)) if self.decisions else ""

    def slack_messages(self, since: int = 0) -> list[dict[str, Any]]:
        """The messages Slack received, oldest first."""
        return list(self.json(f"{self.slack}/_sandbox/messages?since={since}"))

    def search(self, query: dict[str, Any]) -> dict[str, Any]:
        """Search the daily log indices."""
        answer = self.http.post(f"{self.opensearch}/cali-logs-*/_search", json=query)
        answer.raise_for_status()
        return dict(answer.json())

    def ledger_row(self, record_id: str) -> dict[str, Any] | None:
        """The alert ledger's row of a record, whether the record opened it or was throttled by it."""
        table = self.dynamodb.Table(self.outputs["ledger_table"])
        rows: list[dict[str, Any]] = []
        arguments: dict[str, Any] = {}
        while True:
            page = table.scan(**arguments)
            rows += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            arguments = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        own = [row for row in rows if row.get("record_id") == record_id]
        throttled = [row for row in rows if record_id in (row.get("suppressed_record_ids") or ())]
        return next(iter(own + throttled), None)

    def stream_records(self, since: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record of the stream from `since` on, with its shard, until the reader has caught up."""
        name = self.outputs["stream_name"]
        for shard in self.kinesis.list_shards(StreamName=name)["Shards"]:
            shard_id = shard["ShardId"]
            iterator = self.kinesis.get_shard_iterator(
                StreamName=name, ShardId=shard_id, ShardIteratorType="AT_TIMESTAMP", Timestamp=since
            )["ShardIterator"]
            while iterator:
                page = self.kinesis.get_records(ShardIterator=iterator, Limit=10_000)
                for record in page["Records"]:
                    yield shard_id, record
                if not page["Records"] and not page.get("MillisBehindLatest"):
                    break
                iterator = page.get("NextShardIterator")

    def objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        """The bucket's objects under a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.outputs["bucket_name"], Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", [])

    def body(self, key: str) -> bytes:
        """An object's content."""
        return bytes(self.s3.get_object(Bucket=self.outputs["bucket_name"], Key=key)["Body"].read())


def parse_json(data: bytes) -> dict[str, Any]:
    """A stored record as a map; empty when it is not a JSON object."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):  # nested too deeply
        return {}
    return document if isinstance(document, dict) else {}
