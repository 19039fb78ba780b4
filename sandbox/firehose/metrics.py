"""What a delivery stream has done, in the terms of "Monitor Amazon Data Firehose Using CloudWatch Metrics"."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

_PERSISTENT = (
    "records",
    "bytes",
    "objects",
    "failed_documents",
    "failed_objects",
    "backup_objects",
    "last_delivery",
    "last_failed",
)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Metrics:
    """Counters and evidence of one delivery stream; those of deliveries outlive the process."""

    def __init__(self, saved: dict[str, Any]) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {
            "records": 0,
            "bytes": 0,
            "objects": 0,
            "failed_documents": 0,
            "failed_objects": 0,
            "backup_objects": 0,
            "last_delivery": None,
            "last_failed": None,
        } | {name: saved[name] for name in _PERSISTENT if name in saved}
        self._read = {"records": 0, "bytes": 0, "throttled": 0}
        self._retries = 0
        self._errors: dict[str, dict[str, Any]] = {}
        self._failing_from: dict[str, float] = {}  # a monotonic clock
        self._last_error: dict[str, Any] | None = None
        self._shards: dict[str, dict[str, Any]] = {}

    def read(self, records: int, size: int) -> None:
        """Count what came from the source (DataReadFromKinesisStream, IncomingRecords)."""
        with self._lock:
            self._read["records"] += records
            self._read["bytes"] += size

    def throttled(self) -> None:
        """Count a GetRecords that the shard refused (ThrottledGetRecords)."""
        with self._lock:
            self._read["throttled"] += 1

    def shard(self, shard: str, **values: Any) -> None:
        """Note where the reader stands in a shard."""
        with self._lock:
            self._shards.setdefault(shard, {}).update(values)

    def shards(self, known: set[str]) -> None:
        """Forget shards that are gone."""
        with self._lock:
            self._shards = {shard: values for shard, values in self._shards.items() if shard in known}

    def delivered(self, records: int, size: int, **evidence: Any) -> None:
        """Count a durable delivery and keep its evidence."""
        with self._lock:
            self._values["records"] += records
            self._values["bytes"] += size
            self._values["objects"] += "key" in evidence
            self._values["last_delivery"] = {"at": _now(), "records": records, **evidence}

    def failed(self, documents: int, bucket: str, key: str, reason: str) -> None:
        """Count documents that OpenSearch refused, now written to S3."""
        with self._lock:
            self._values["failed_documents"] += documents
            self._values["failed_objects"] += 1
            self._values["last_failed"] = {
                "at": _now(),
                "documents": documents,
                "bucket": bucket,
                "key": key,
                "reason": reason,
            }

    def backed_up(self) -> None:
        """Count an object of the backup of all records (BackupToS3)."""
        with self._lock:
            self._values["backup_objects"] += 1

    def error(self, where: str, message: str) -> None:
        """Note that `where` (source, s3, opensearch, or a part of this process) fails at the moment."""
        with self._lock:
            since = self._errors.get(where, {}).get("since", _now())
            self._last_error = {"at": _now(), "where": where, "message": message}
            self._errors[where] = {"since": since, "message": message}
            self._failing_from.setdefault(where, time.monotonic())
            self._retries += 1

    def recovered(self, where: str) -> None:
        """Note that `where` works."""
        with self._lock:
            self._errors.pop(where, None)
            self._failing_from.pop(where, None)

    def persistent(self) -> dict[str, Any]:
        """Return what is kept beside the positions."""
        with self._lock:
            return {name: self._values[name] for name in _PERSISTENT}

    def snapshot(self) -> dict[str, Any]:
        """Return everything, for the health answer."""
        now = time.monotonic()
        with self._lock:
            return {
                "source": {**self._read, "shards": {shard: dict(values) for shard, values in self._shards.items()}},
                "delivered": {name: self._values[name] for name in ("records", "bytes", "objects")},
                "failed_documents": self._values["failed_documents"],
                "failed_objects": self._values["failed_objects"],
                "backup_objects": self._values["backup_objects"],
                "retries": self._retries,
                "last_delivery": self._values["last_delivery"],
                "last_failed": self._values["last_failed"],
                "errors": {
                    where: {**error, "for_s": round(now - self._failing_from[where], 3)}
                    for where, error in self._errors.items()
                },
                "last_error": self._last_error,
            }
