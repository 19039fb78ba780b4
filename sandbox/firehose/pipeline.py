"""One delivery stream at work: a reader and a deliverer, and the order that loses nothing.

A position moves only after the records up to it are durable: in S3, or accepted by OpenSearch, or written to the error
output. A kill in between repeats a delivery ("Duplicated records": at-least-once semantics).
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from sandbox.firehose.aws import AwsClients
from sandbox.firehose.buffering import MIB, Hints
from sandbox.firehose.configuration import OPENSEARCH, S3, delimiter_of
from sandbox.firehose.diagnosis import diagnose
from sandbox.firehose.intake import Intake
from sandbox.firehose.journal_source import JournalSource
from sandbox.firehose.kinesis_source import KinesisSource
from sandbox.firehose.metrics import Metrics
from sandbox.firehose.opensearch_delivery import OpenSearchDelivery
from sandbox.firehose.persistence import persist
from sandbox.firehose.records import Batch
from sandbox.firehose.s3_delivery import S3Target, S3Writer
from sandbox.firehose.store import Store
from sandbox.firehose.wiring import Wiring

log = logging.getLogger(__name__)


class Pipeline:
    """Runs one delivery stream; `definition` may be replaced while it runs."""

    def __init__(self, definition: dict[str, Any], clients: AwsClients, store: Store) -> None:
        self.definition = definition
        self.metrics = Metrics(store.counters(definition["Uid"]))
        region = definition["DeliveryStreamARN"].split(":")[3]
        self._wiring = Wiring(definition["Uid"], region, clients, store, self.metrics)
        self._intake = Intake(self._hints)
        self._stop_reading = threading.Event()
        self._started = self._at_destination = False
        self._writer = S3Writer(self._wiring)
        self._opensearch = OpenSearchDelivery(self._wiring, self._writer)
        self._source: KinesisSource | JournalSource
        if "KinesisStreamSourceDescription" in definition.get("Source", {}):
            self._source = KinesisSource(definition, self._intake, self._wiring)
        else:
            self._source = JournalSource(self._intake, self._wiring)
        name = definition["DeliveryStreamName"]
        self._reader = threading.Thread(
            target=self._source.run, args=(self._stop_reading,), name=f"read {name}", daemon=True
        )
        self._deliverer = threading.Thread(target=self._deliver, name=f"deliver {name}", daemon=True)

    def start(self) -> None:
        """Begin to read and deliver."""
        self._reader.start()
        self._deliverer.start()
        self._started = True

    def finish_reading(self) -> None:
        """Read no more, and deliver what was read without waiting for the hints."""
        self._stop_reading.set()
        self._intake.drain()

    def stop(self, grace_s: float) -> None:
        """Stop; what cannot be delivered within the grace is read again at the next start."""
        self.finish_reading()
        self._deliverer.join(grace_s)
        self._wiring.stop.set()
        self._reader.join(grace_s + 1)
        self._deliverer.join(grace_s + 1)

    def appended(self) -> None:
        """Tell the reader of the journal that there is more."""
        if isinstance(self._source, JournalSource):
            self._source.appended.set()

    def health(self) -> dict[str, Any]:
        """Return the state of this delivery stream, with its evidence."""
        definition, destination = self.definition, self._destination()
        snapshot = self.metrics.snapshot()
        buffer = self._intake.snapshot()
        found = diagnose(
            self._dead(), snapshot["errors"], self._intake.overdue_s(), at_destination=self._at_destination
        )
        kinesis = definition.get("Source", {}).get("KinesisStreamSourceDescription", {})
        source = {
            "type": definition["DeliveryStreamType"],
            "arn": kinesis.get("KinesisStreamARN"),
            **snapshot.pop("source"),
        }
        return {
            "arn": definition["DeliveryStreamARN"],
            "status": definition["DeliveryStreamStatus"],
            "version": definition["VersionId"],
            "state": "failing" if found.reason else "ok",
            "reason": found.reason,
            "faults": {"inside": found.inside, "outside": found.outside},
            "destination": "opensearch" if OPENSEARCH in destination else "s3",
            "buffering": self._settings()["BufferingHints"],
            "source": source,
            "data_freshness_s": buffer.pop("data_freshness_s"),
            "buffer": buffer,
            **snapshot,
        }

    def _dead(self) -> list[str]:
        if not self._started or self._stop_reading.is_set():
            return []
        return [thread.name for thread in (self._reader, self._deliverer) if not thread.is_alive()]

    def _destination(self) -> dict[str, Any]:
        return dict(self.definition["Destinations"][0])

    def _settings(self) -> dict[str, Any]:
        destination = self._destination()
        return dict(destination.get(OPENSEARCH) or destination[S3])

    def _hints(self) -> Hints:
        hints = self._settings()["BufferingHints"]
        return Hints(hints["SizeInMBs"] * MIB, hints["IntervalInSeconds"])

    def _target(self, description: str | None = None) -> S3Target:
        settings = self._settings()
        described = settings[description] if description else settings
        return S3Target(self.definition["DeliveryStreamName"], self.definition["VersionId"], described)

    def _deliver(self) -> None:
        stop = self._wiring.stop
        while (batch := persist(lambda: self._intake.next_batch(stop), "buffer", self.metrics, stop)) is not None:
            if not self._settle(batch):
                return
            self._intake.delivered()

    def _settle(self, batch: Batch) -> bool:
        """Deliver a batch, then move the positions; what fails is tried again alone. False when stopped before."""
        stop = self._wiring.stop
        return bool(
            persist(lambda: self._send(batch), "delivery", self.metrics, stop)
            and persist(lambda: self._commit(batch), "checkpoint", self.metrics, stop)
        )

    def _commit(self, batch: Batch) -> bool:
        self._wiring.store.commit(self._wiring.uid, batch.positions, self.metrics.persistent())
        return True

    def _send(self, batch: Batch) -> bool:
        self._at_destination = True
        try:
            if batch.records:
                self._deliver_batch(batch)
        finally:
            self._at_destination = False
        return True

    def _deliver_batch(self, batch: Batch) -> None:
        body = delimiter_of(self._settings())
        joined = b"".join(record.data + body for record in batch.records)
        if OPENSEARCH not in self._destination():
            if self._settings().get("S3BackupMode") == "Enabled":
                self._back_up("S3BackupDescription", joined, batch)
            bucket, key = self._writer.write(self._target, joined, batch.oldest)
            self.metrics.delivered(len(batch.records), batch.size, bucket=bucket, key=key)
            log.info("delivered to S3", extra={"records": len(batch.records), "bucket": bucket, "key": key})
            return
        if self._settings()["S3BackupMode"] == "AllDocuments":
            self._back_up("S3DestinationDescription", joined, batch)
        self._opensearch.deliver(batch, self._settings, lambda: self._target("S3DestinationDescription"))

    def _back_up(self, description: str, joined: bytes, batch: Batch) -> None:
        self._writer.write(lambda: self._target(description), joined, batch.oldest)
        self.metrics.backed_up()
