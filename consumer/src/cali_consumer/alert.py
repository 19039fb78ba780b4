"""One alert: what the ledger's row holds of an error from its claim to its last word in the chat."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cali_consumer.analysis import Analysis
from cali_consumer.fingerprint import alert_key_of
from cali_consumer.past_incidents import PastIncident
from cali_consumer.record import Level, LogRecord
from cali_consumer.rule import Verdict

# A row must stay below DynamoDB's 400 KB, whatever an application logs; S3 has the record in full under raw/.
_MAX_MESSAGE = 8_000
_MAX_STACK_TRACE = 32_000
_MAX_NAME = 500


class State(StrEnum):
    """How far an alert is; a row is `pending` in the table's index while anything is owed."""

    PENDING = "pending"  # nothing was sent
    SENDING = "sending"  # a send began; whether it arrived is not written down yet
    SENT = "sent"  # it arrived; the analysis is owed
    COMPLETE = "complete"


class Alert(BaseModel):
    """A row of the alert ledger; attributes it does not know stay in the table untouched.

    Attributes:
        alert_key: Which error: service and masked message.
        window: The row's own name among those that the same error had in earlier windows.
        covered_until: Log time, in nanoseconds, up to which records of this error belong to this row.
        window_until: Epoch seconds until which the same error raises no other alert; 0 while nothing was sent.
        owner: The process that works on it.
    """

    model_config = ConfigDict(extra="ignore")

    alert_key: str
    window: str
    record_id: str
    service: str
    level: Level
    message: str
    timestamp: str
    stack_trace: str | None = None
    trace_id: str | None = None
    pod_name: str | None = None
    log_file: str | None = None
    log_time: str | None = None
    log_ns: int
    covered_until: int
    window_until: float = 0
    truncated: bool = False
    suppressed: int = 0
    suppressed_record_ids: list[str] = Field(default_factory=list)

    state: State = State.PENDING
    owner: str = ""
    first_seen: str
    received_at: str
    validated_at: str
    searched_at: str | None = None
    analysed_at: str | None = None
    alerted_at: str | None = None
    send_started_at: float | None = None

    verdict: Verdict | None = None
    degraded: str | None = None
    similarity: float | None = None
    incident_id: str | None = None
    incidents: list[PastIncident] = Field(default_factory=list)
    analysis: Analysis | None = None
    analysis_source: str = "none"
    slack_channel: str | None = None
    slack_ts: str | None = None

    @field_validator("incidents", "analysis", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value

    def as_item(self) -> dict[str, Any]:
        """The alert as values that a table takes."""
        return as_values(self.model_dump(mode="json"))

    @property
    def matched(self) -> bool:
        """Whether a past incident is near enough."""
        return self.verdict is Verdict.FULL


def as_values(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as values that a table takes: no floats, nested ones as JSON text."""
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, float):
            values[name] = Decimal(str(value))
        elif name in ("incidents", "analysis"):
            values[name] = json.dumps(value, ensure_ascii=False) if value else None
        else:
            values[name] = value
    return values


def alert_of(record: LogRecord, *, arrived_ns: int, received_at: str, validated_at: str, owner: str) -> Alert:
    """The alert a record would open."""
    message, stack_trace = record.message[:_MAX_MESSAGE], (record.stack_trace or "")[:_MAX_STACK_TRACE] or None
    written = record.written_ns(arrived_ns)
    return Alert(
        alert_key=alert_key_of(record.service, record.message),
        window=f"{written}-{record.record_id}",
        record_id=record.record_id,
        service=record.service[:_MAX_NAME],
        level=record.level,
        message=message,
        timestamp=record.timestamp[:_MAX_NAME],
        stack_trace=stack_trace,
        trace_id=(record.trace_id or "")[:_MAX_NAME] or None,
        pod_name=((record.kubernetes.pod_name if record.kubernetes else None) or "")[:_MAX_NAME] or None,
        log_file=(record.log_file or "")[:_MAX_NAME] or None,
        log_time=(record.time or "")[:_MAX_NAME] or None,
        log_ns=written,
        covered_until=written,
        truncated=len(message) < len(record.message) or len(stack_trace or "") < len(record.stack_trace or ""),
        owner=owner,
        first_seen=validated_at,
        received_at=received_at,
        validated_at=validated_at,
    )
