"""`kinesis_streams`: PutRecords, until each record is acknowledged."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.shipper.counters import Counters
from sandbox.shipper.event import Event, to_json
from sandbox.shipper.outputs.base import Batch, Output, RetryPolicy
from sandbox.shipper.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

log = logging.getLogger(__name__)

#: Fluent Bit discards a record of this many bytes or more: 1 MiB less its partition key.
RECORD_BYTES = 1024 * 1024 - 20
#: The wait after a partial failure starts here: a shard that is over its rate frees up within the second.
_PARTIAL_BASE_S = 0.1


class KinesisStreams(Output):
    """Sends to one stream with random partition keys, one request at a time.

    Without an Endpoint the AWS SDK's own settings say where Kinesis is (AWS_ENDPOINT_URL, which may be http).
    """

    def __init__(self, settings: Settings, counters: Counters, policy: RetryPolicy) -> None:
        super().__init__(settings, counters, policy)
        self._stream = settings.text("stream")
        self._time_key = settings.text("time_key", "")
        self._time_format = settings.text("time_key_format", "%Y-%m-%dT%H:%M:%S")
        self._log_key = settings.text("log_key", "")
        self._retry_at_once = settings.boolean("auto_retry_requests", default=True)
        settings.only("simple_aggregation", supported=False)
        for name in ("compression", "role_arn", "sts_endpoint", "external_id", "profile"):
            if settings.text(name, ""):
                settings.fail(name, "is not supported", "credentials come from the AWS_* environment")
        settings.boolean("tls", default=True)
        settings.ignored("tls.verify", "workers", "storage.total_limit_size", "net.keepalive", "net.connect_timeout")
        self._client: KinesisClient = boto3.client(
            "kinesis",
            region_name=settings.text("region"),
            endpoint_url=_endpoint(settings),
            verify=settings.text("tls.ca_file", "") or None,
            # Retries are ours: only what failed is sent again.
            config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
        )

    def encode(self, event: Event) -> bytes | None:
        """JSON and a newline, as Fluent Bit sends it; a record over Kinesis' limit is refused here."""
        if self._log_key:
            value = event.record.get(self._log_key)
            data = value.encode("utf-8", "replace") if isinstance(value, str) else to_json({self._log_key: value})
        else:
            record = event.record
            if self._time_key:
                moment = datetime.fromtimestamp(event.time, UTC)
                record = {**record, self._time_key: moment.strftime(self._time_format)}
            data = to_json(record)
        if len(data) + 1 >= RECORD_BYTES:
            self.counters.fail(f"discarded a record of {len(data)} bytes from {event.file.path} at {event.start}")
            log.error("record is over the limit of Kinesis", extra={"path": event.file.path, "bytes": len(data)})
            return None
        return data + b"\n"

    def deliver(self, batch: Batch) -> None:
        """Send what is not acknowledged yet, again and again, waiting longer each time."""
        left = batch.records
        failures = 0
        while True:
            try:
                failed = self._put(left)
                wait = RetryPolicy(_PARTIAL_BASE_S, self.policy.cap_s).wait(failures)
            except (BotoCoreError, ClientError) as error:
                failed = left
                wait = 0.0 if failures == 0 and self._retry_at_once else self.policy.wait(failures)
                self.counters.refused(f"PutRecords to {self._stream}: {error}")
                log.warning(
                    "PutRecords failed", extra={"stream": self._stream, "error": str(error), "failures": failures}
                )
            sent = len(left) - len(failed)
            self.counters.records_out += sent
            if sent:
                self.counters.delivered()
            if not failed:
                break
            left = failed
            failures += 1
            if self.retry_limit is not None and failures > self.retry_limit:
                self.counters.dropped += len(left)
                log.error("gave records up", extra={"stream": self._stream, "records": len(left)})
                return
            self.counters.retries += len(left)
            if self.stopping.wait(wait):
                raise InterruptedError
        self.counters.bytes += batch.size
        self.counters.truncated += batch.truncated
        self.counters.last_shipped = batch.last

    def _put(self, records: list[bytes]) -> list[bytes]:
        entries: list[PutRecordsRequestEntryTypeDef] = [
            {"Data": data, "PartitionKey": f"{random.getrandbits(64):016x}"} for data in records
        ]
        answer = self._client.put_records(StreamName=self._stream, Records=entries)
        if not answer["FailedRecordCount"]:
            return []
        results = list(zip(records, answer["Records"], strict=True))
        errors = [result for _, result in results if result.get("ErrorCode")]
        reason = f"{errors[0].get('ErrorCode')}: {errors[0].get('ErrorMessage')}" if errors else "unknown"
        self.counters.fail(f"PutRecords to {self._stream}: {len(errors)} of {len(records)} records refused, {reason}")
        return [data for data, result in results if result.get("ErrorCode")]


def _endpoint(settings: Settings) -> str | None:
    endpoint = settings.text("endpoint", "")
    port = settings.text("port", "")
    if port and not port.isdigit():
        settings.fail("port", f"{port!r} is no port")
    if not endpoint:
        return None
    if endpoint.startswith("http://"):
        settings.fail("endpoint", "Fluent Bit speaks only TLS", "leave it empty and set AWS_ENDPOINT_URL instead")
    return f"https://{endpoint.removeprefix('https://')}{':' + port if port else ''}"
