"""Delivery to S3: object names, compression, and writing until it has succeeded.

"Configure Amazon S3 object name format":
`<evaluated prefix><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>`.
"Handle data delivery failures": delivery to S3 is retried; here without AWS's limit of 24 hours.
"""

from __future__ import annotations

import gzip
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.firehose.backoff import Backoff
from sandbox.firehose.configuration import zone
from sandbox.firehose.kinesis_source import describe_error
from sandbox.firehose.prefixes import evaluate, evaluate_error
from sandbox.firehose.wiring import Wiring

log = logging.getLogger(__name__)
_EXTENSIONS = {"GZIP": ".gz", "UNCOMPRESSED": ""}


class InterruptedDeliveryError(Exception):
    """The process stops before a batch is durable: its positions must not move."""


@dataclass(frozen=True)
class Failure:
    """Why records go to the error output: the value of the prefix expression, and the folder when there is none."""

    kind: str
    folder: str


@dataclass(frozen=True)
class S3Target:
    """One S3 destination, backup or error output, as a delivery stream's description shows it."""

    stream: str
    version: str
    description: Mapping[str, Any]

    @property
    def bucket(self) -> str:
        """Return the bucket's name."""
        return str(self.description["BucketARN"]).rsplit(":", 1)[-1]

    def key(self, oldest: float, failure: Failure | None = None) -> str:
        """Name a new object whose oldest record arrived at `oldest`."""
        at = datetime.fromtimestamp(oldest, zone(self.description.get("CustomTimeZone")))
        prefix, error_prefix = self.description.get("Prefix"), self.description.get("ErrorOutputPrefix")
        if failure is None:
            start = evaluate(prefix, at)
        else:
            start = evaluate_error(prefix, error_prefix, at, failure.kind, failure.folder)
        extension = self.description.get("FileExtension") or _EXTENSIONS[self.description["CompressionFormat"]]
        return f"{start}{self.stream}-{self.version}-{at:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}{extension}"

    def encode(self, body: bytes) -> bytes:
        """Compress a body as configured."""
        return gzip.compress(body, 6) if self.description["CompressionFormat"] == "GZIP" else body

    def options(self) -> dict[str, str]:
        """Return the encryption that PutObject is asked for."""
        kms = self.description.get("EncryptionConfiguration", {}).get("KMSEncryptionConfig")
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms["AWSKMSKeyARN"]} if kms else {}


class S3Writer:
    """Writes objects for one delivery stream, again and again until S3 has them."""

    def __init__(self, wiring: Wiring) -> None:
        self._clients = wiring.clients
        self._region = wiring.region
        self._metrics = wiring.metrics
        self._stop = wiring.stop
        self._by_role: dict[str, Any] = {}

    def write(
        self, target: Callable[[], S3Target], body: bytes, oldest: float, failure: Failure | None = None
    ) -> tuple[str, str]:
        """Return bucket and key once the object is durable.

        Args:
            target: The destination, asked for at every attempt since it may be changed meanwhile.
            body: The records, not yet compressed.
            oldest: The arrival time of the oldest record.
            failure: Why this goes to the error output, if it does.

        Raises:
            InterruptedDeliveryError: The process stops.
        """
        backoff = Backoff()
        current = target()
        key, encoded = current.key(oldest, failure), current.encode(body)
        while True:
            if target() != current:  # the same key again and again, unless the destination itself was changed
                current = target()
                key, encoded = current.key(oldest, failure), current.encode(body)
            try:
                self._client(current).put_object(
                    Bucket=current.bucket,
                    Key=key,
                    Body=encoded,
                    ContentType="application/octet-stream",
                    **current.options(),
                )
            except (ClientError, BotoCoreError) as error:
                self._metrics.error("s3", f"s3://{current.bucket}: {describe_error(error)}")
                if backoff.failures == 0:
                    log.warning(
                        "S3 does not take an object", extra={"bucket": current.bucket, "key": key, "error": str(error)}
                    )
                if not backoff.sleep(self._stop):
                    raise InterruptedDeliveryError(key) from error
            else:
                self._metrics.recovered("s3")
                return current.bucket, key

    def _client(self, target: S3Target) -> Any:
        role = target.description["RoleARN"]
        if role not in self._by_role:
            self._by_role[role] = self._clients.client("s3", self._region, role)
        return self._by_role[role]
