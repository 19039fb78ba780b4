"""What a step is: a part of the pipeline that shows evidence, of itself and of one record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Literal

from sandbox.iam.refusals import Use
from sandbox.latency import moment
from sandbox.record import FoundLine, RecordReference
from sandbox.stores import Stores, parse_json

State = Literal["ok", "waiting", "failing", "skipped"]


@dataclass(frozen=True)
class Finding:
    """What a step shows.

    Attributes:
        state: `ok`, `waiting` (nothing has come yet), `failing`, or `skipped` (the record does not need it).
        evidence: What was seen in the real store, or why there is nothing to see.
        at: When it happened, RFC 3339; empty when the store keeps no time.
    """

    state: State
    evidence: str
    at: str = ""


@dataclass
class Journey:
    """One record on its way: what earlier steps found, for the later ones to build on.

    Attributes:
        line: The line in its container log.
        stores: Where to look.
        document: The record as Kinesis holds it; empty until it is there.
        sequence_number: Its place in its shard.
        shard_id: Its shard.
        arrived_at: When Kinesis took it, RFC 3339.
    """

    line: FoundLine
    stores: Stores
    document: dict[str, Any] = field(default_factory=dict)
    sequence_number: str = ""
    shard_id: str = ""
    arrived_at: str = ""

    @property
    def record_id(self) -> str:
        """The record's id."""
        return self.line.reference.record_id

    @property
    def written_at(self) -> datetime:
        """When the line was written, cut to microseconds."""
        return moment(self.line.reference.time)

    def find_in_stream(self) -> None:
        """Look the record up in Kinesis, once; `document` stays empty while it is not there."""
        if self.document:
            return
        for shard_id, record in self.stores.stream_records(self.written_at - timedelta(seconds=2)):
            document = parse_json(record["Data"])
            if RecordReference.of_store(document).record_id == self.record_id:
                self.document, self.shard_id = document, shard_id
                self.sequence_number = record["SequenceNumber"]
                arrival: datetime = record["ApproximateArrivalTimestamp"]
                self.arrived_at = arrival.astimezone(UTC).isoformat(timespec="milliseconds")
                return

    @cached_property
    def ledger_row(self) -> dict[str, Any] | None:
        """The alert ledger's row of the record, read once."""
        return self.stores.ledger_row(self.record_id)

    def skipped_before_search(self) -> Finding | None:
        """Why the record needs no step after validation; None when it does need them."""
        level = str(self.document.get("level", "")).upper()
        if level in ("TRACE", "DEBUG", "INFO"):
            return Finding("skipped", f"{level} is not looked up")
        row = self.ledger_row
        if row and row.get("record_id") != self.record_id:
            same = f"throttled: {row.get('record_id')} is the same error"
            if row.get("alerted_at"):
                return Finding("skipped", f"{same} and alerted")
            return Finding("skipped", f"{same}, " + ("not decided yet" if row.get("pending") else "not worth an alert"))
        return None


class Step(ABC):
    """One of the ten steps.

    Attributes:
        number: 1 to 10.
        name: Its name in `status --json`.
        needs: The services without which no record gets through it. What only makes it poorer is not among them:
            an alert goes out without a search, without an analysis.
        uses: What it does on AWS, under whose role: what a role is refused fails the step that needs it.
    """

    number: ClassVar[int]
    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]]
    uses: ClassVar[tuple[Use, ...]] = ()

    @abstractmethod
    def status(self, stores: Stores) -> Finding:
        """What the step has to show for now."""

    @abstractmethod
    def trace(self, journey: Journey) -> Finding:
        """What the step did with one record."""
