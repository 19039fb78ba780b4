"""Objects in S3: records that cannot be read, and errors nobody has seen before."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cali_consumer.alert import Alert
from cali_consumer.errors import RejectedRecordError
from cali_consumer.observed import Observed
from cali_consumer.record import salvaged_record_id

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ObjectStore:
    """The bucket. Keys depend on content alone, so writing twice leaves one object.

    Args:
        client: S3.
        bucket: The bucket.
        observed: Told whether it works.
    """

    def __init__(self, client: S3Client, bucket: str, observed: Observed) -> None:
        self._client = client
        self._bucket = bucket
        self._observed = observed

    def put_rejected(
        self, data: bytes, reason: RejectedRecordError, *, shard_id: str, sequence_number: str, arrived_at: datetime
    ) -> str:
        """Keep a record that cannot be read: its bytes and the reason."""
        record_id = salvaged_record_id(data)
        # The bytes are part of the name: two wrong records that claim the same origin are both kept.
        digest = hashlib.sha256(data).hexdigest()
        name = f"{record_id}-{digest[:8]}" if record_id else digest[:20]
        document = {
            "reason": reason.reason,
            "detail": reason.detail,
            "bytes_base64": base64.b64encode(data).decode(),
            "sequence_number": sequence_number,
            "shard_id": shard_id,
            "arrived_at": arrived_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "record_id": record_id,
        }
        return self._put(f"rejected/dt={arrived_at.astimezone(UTC):%Y-%m-%d}/{name}.json", document)

    def put_new_error(self, alert: Alert) -> str:
        """Keep an error that no past incident explains, for somebody to label."""
        day = datetime.fromtimestamp(alert.log_ns / 1e9, UTC)
        document = alert.model_dump(
            mode="json",
            include={
                "record_id",
                "alert_key",
                "timestamp",
                "level",
                "service",
                "message",
                "stack_trace",
                "trace_id",
                "pod_name",
                "log_file",
                "log_time",
                "truncated",
                "first_seen",
                "similarity",
                "incidents",
                "degraded",
            },
        )
        return self._put(f"new_errors/dt={day:%Y-%m-%d}/{alert.record_id}.json", document)

    def probe(self) -> None:
        """Ask whether the bucket is there."""
        self._client.head_bucket(Bucket=self._bucket)

    def _put(self, key: str, document: dict[str, Any]) -> str:
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")
        except Exception as error:
            self._observed.dependency("s3", error)
            raise
        self._observed.dependency("s3")
        return key
