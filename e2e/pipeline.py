"""One sandbox under test: the command line as users call it, and clients of the test's own for every store."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import openai
import psutil
from botocore.config import Config
from pymilvus import MilvusClient
from slack_sdk import WebClient

from e2e import listeners
from e2e.listeners import Listener

REPOSITORY = Path(__file__).resolve().parent.parent
REGION = "ap-northeast-2"
STREAM = "cali-logs-stream"
BUCKET = "cali-logs-000000000000-ap-northeast-2"
LEDGER = "cali-alert-ledger"
LEASES = "cali-consumer-leases"

#: What a cold `up` may take on a slow machine, installation included.
UP_S = 900

#: What the removal of a cluster may take there.
CLEAN_S = 300


@dataclass
class Pipeline:
    """A sandbox that a test brought up.

    Attributes:
        instance: Its name.
        environment: Variables over the caller's own for every command.
        checkout: Where its code and its definitions are.
    """

    instance: str
    environment: dict[str, str] = field(default_factory=dict)
    checkout: Path = REPOSITORY

    @property
    def program(self) -> list[str]:
        """What runs the command line."""
        return [str(self.checkout / "bin" / "sandbox")]

    @property
    def variables(self) -> dict[str, str]:
        """The environment of every command."""
        return {**os.environ, "CALI_INSTANCE": self.instance, **self.environment}

    def command(
        self, *arguments: str, stdin: bytes | None = None, timeout_s: float = 120, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `sandbox ARGUMENTS`; fails with its output when it should have succeeded."""
        done = subprocess.run(
            [*self.program, *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=self.variables,
            cwd=self.checkout,
            timeout=timeout_s,
            check=False,
        )
        if check and done.returncode:
            output = f"{done.stderr.decode()}{done.stdout.decode()}"
            raise AssertionError(f"sandbox {' '.join(arguments)} exited with {done.returncode}:\n{output}")
        return done

    def up(self) -> dict[str, Any]:
        """Bring it up; returns its status."""
        return dict(json.loads(self.command("up", "--json", timeout_s=UP_S).stdout))

    def status(self) -> dict[str, Any]:
        """Its status, whatever the exit code."""
        return dict(json.loads(self.command("status", "--json", check=False).stdout))

    def send(self, *lines: str | bytes, service: str = "sandbox-send") -> list[dict[str, str]]:
        """Send raw log lines; returns what `sandbox send` says of each."""
        data = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines) + b"\n"
        output = self.command("send", "--service", service, stdin=data).stdout
        return [json.loads(line) for line in output.splitlines()]

    def trace(self, record_id: str, *, wait_s: float = 0) -> dict[int, dict[str, Any]]:
        """The ten steps of a record by number."""
        output = self.command("trace", record_id, "--json", "--wait", str(wait_s), check=False).stdout
        return {step["number"]: step for step in json.loads(output)["steps"]}

    def container_logs(self) -> dict[str, bytes]:
        """What the shipper tails: each container log by its file name."""
        folder = self.folder / "containers"
        return {path.name: path.read_bytes() for path in folder.glob("*.log")}

    def generated(self) -> list[dict[str, str]]:
        """The first records the log generator wrote, as it says itself: `log_file` and `time` of each."""
        manifest = self.folder / "state" / "log-generator" / "manifest.jsonl"
        return [json.loads(line) for line in manifest.read_text().splitlines()[:200]]

    @classmethod
    def cannot_run(cls) -> str:
        """Why this machine cannot run it, and what would let it; empty when it can."""
        return ""

    def leftovers(self) -> list[str]:
        """What of it still runs."""
        return [f"{process.pid} {process.name()}" for process in self.processes()]

    def processes(self) -> list[psutil.Process]:
        """Its processes on this machine, found by the mark on them."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get("CALI_SANDBOX_OWNER") == str(self.folder.resolve()):
                    found.append(process)
        return found

    def listening(self) -> list[Listener]:
        """Who of it can be connected to on this machine."""
        return listeners.of_processes(self.processes())

    def ports(self) -> set[int]:
        """The ports of this machine that it is used at, as `status` says."""
        return {port for endpoint in self._endpoints.values() if (port := urlsplit(endpoint).port)}

    @property
    def folder(self) -> Path:
        """Where it keeps its state."""
        return home_folder() / "instances" / self.instance

    def endpoint(self, service: str) -> str:
        """Where a service is reached, as `status` says."""
        return str(self._endpoints[service])

    @cached_property
    def _endpoints(self) -> dict[str, str]:
        return {service["name"]: service["endpoint"] for service in self.status()["services"]}

    def boto3(self, service: str) -> Any:
        """A boto3 client of the emulator."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the stubs want a literal
            endpoint_url=self.endpoint("aws"),
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, read_timeout=10),
        )

    @cached_property
    def kinesis(self) -> Any:
        """Kinesis."""
        return self.boto3("kinesis")

    @cached_property
    def s3(self) -> Any:
        """S3."""
        return self.boto3("s3")

    @cached_property
    def dynamodb(self) -> Any:
        """DynamoDB."""
        return self.boto3("dynamodb")

    @cached_property
    def milvus(self) -> MilvusClient:
        """Milvus."""
        return MilvusClient(uri=self.endpoint("milvus"))

    @cached_property
    def model(self) -> openai.OpenAI:
        """The model."""
        return openai.OpenAI(base_url=f"{self.endpoint('model')}/v1", api_key="sk-local-sandbox")

    @cached_property
    def slack(self) -> WebClient:
        """Slack."""
        return WebClient(token="xoxb-local-sandbox", base_url=f"{self.endpoint('slack')}/api/")

    def opensearch(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Hits of a search over the daily indices."""
        url = f"{self.endpoint('opensearch')}/cali-logs-*/_search"
        answer = httpx.post(url, json={"size": 1000, **query}, timeout=10, trust_env=False)
        answer.raise_for_status()
        return list(answer.json()["hits"]["hits"])

    def alerts(self, since: int = 0) -> list[dict[str, Any]]:
        """The messages Slack received, oldest first, from an index on."""
        url = f"{self.endpoint('slack')}/_sandbox/messages?since={since}"
        answer = httpx.get(url, timeout=10, trust_env=False)
        answer.raise_for_status()
        return list(answer.json())

    def alerts_of(self, record_id: str) -> list[dict[str, Any]]:
        """The messages about one record."""
        return [m for m in self.alerts() if payload(m).get("record_id") == record_id]

    def ledger_row(self, record_id: str) -> dict[str, str]:
        """The alert ledger's row that a record opened; empty when there is none."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=LEDGER)
        rows = (item for page in pages for item in page["Items"])
        own = [row for row in rows if row.get("record_id", {}).get("S") == record_id]
        return {name: next(iter(value.values())) for name, value in own[0].items()} if own else {}

    def milvus_embedding_model(self) -> str:
        """The model the past incidents were embedded with."""
        return str(next(iter(json.loads((REPOSITORY / "knowledge" / "threshold.json").read_text()))))

    def stream_records(self) -> list[dict[str, Any]]:
        """Everything in the stream, as Kinesis returns it."""
        records: list[dict[str, Any]] = []
        for shard in self.kinesis.list_shards(StreamName=STREAM)["Shards"]:
            iterator = self.kinesis.get_shard_iterator(
                StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = self.kinesis.get_records(ShardIterator=iterator, Limit=10_000)
                records += page["Records"]
                if not page["Records"]:
                    break
                iterator = page.get("NextShardIterator")
        return records

    def keys(self, prefix: str) -> list[str]:
        """The bucket's keys under a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def body(self, key: str) -> bytes:
        """An object's content."""
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def home_folder() -> Path:
    """Where everything the sandbox makes is kept."""
    return Path(os.environ.get("CALI_HOME") or REPOSITORY / ".sandbox")


def payload(message: dict[str, Any]) -> dict[str, Any]:
    """The alert's own data in a Slack message."""
    return dict((message.get("metadata") or {}).get("event_payload") or {})
