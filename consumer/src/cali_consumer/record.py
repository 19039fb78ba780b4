"""Step 7, validation: the log record as the stream carries it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cali_consumer.clock import nanoseconds
from cali_consumer.errors import RejectedRecordError
from cali_consumer.record_id import first_line_of, record_id_of


class Level(StrEnum):
    """Severity, mildest first."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
    FATAL = "FATAL"

    @property
    def alertable(self) -> bool:
        """Whether records of this level are looked up among past incidents."""
        return self in (Level.WARN, Level.ERROR, Level.FATAL)

    @property
    def severe(self) -> bool:
        """Whether an alert is owed whatever the past incidents say."""
        return self in (Level.ERROR, Level.FATAL)


_SYNONYMS = {"WARNING": "WARN", "CRITICAL": "FATAL"}


class Kubernetes(BaseModel):
    """Where a record was written."""

    model_config = ConfigDict(extra="allow")

    pod_name: str | None = None
    namespace_name: str | None = None
    container_name: str | None = None


class LogRecord(BaseModel):
    """One log record; fields it does not know are kept.

    Attributes:
        timestamp: The application's own time, kept as it was written: datetime stops at microseconds.
        level: Severity; `WARNING` and `CRITICAL` are read as `WARN` and `FATAL`.
        service: Who wrote it.
        message: What was written.
        log_file: Name of the container log, from the shipper.
        time: The container runtime's time of the first line, verbatim, from the shipper.
    """

    model_config = ConfigDict(extra="allow")

    timestamp: str
    level: Level
    service: str = Field(min_length=1)
    message: str
    trace_id: str | None = None
    stack_trace: str | None = None
    kubernetes: Kubernetes | None = None
    log_file: str | None = None
    time: str | None = None

    @field_validator("level", mode="before")
    @classmethod
    def _canonical(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        upper = value.strip().upper()
        return _SYNONYMS.get(upper, upper)

    @property
    def first_line(self) -> str:
        """First line of the message."""
        return first_line_of(self.message)

    @property
    def record_id(self) -> str:
        """What every store calls this record."""
        return record_id_of(self.log_file, self.time, self.message)

    def written_ns(self, arrived_ns: int) -> int:
        """When the record was written; never after its arrival, so that a wrong clock cannot reach into the future."""
        written = nanoseconds(self.time)
        if written is None:
            written = nanoseconds(self.timestamp)
        return arrived_ns if written is None else min(written, arrived_ns)


def read_record(data: bytes) -> LogRecord:
    """Validate one record of the stream; raises RejectedRecordError with a reason."""
    try:
        return LogRecord.model_validate_json(data)
    except ValidationError as error:
        raise _rejection(data, error) from None


def salvaged_record_id(data: bytes) -> str | None:
    """The record id of something that was rejected, when it still has the fields for one."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("log_file"), str):
        return None
    message = document.get("message")
    time = document.get("time")
    try:
        return record_id_of(
            document["log_file"], time if isinstance(time, str) else "", message if isinstance(message, str) else ""
        )
    except UnicodeEncodeError:  # half of a surrogate pair: no text, so no id
        return None


def _rejection(data: bytes, error: ValidationError) -> RejectedRecordError:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        try:
            data.decode()
        except UnicodeDecodeError as invalid:
            return RejectedRecordError("invalid_utf8", str(invalid))
        return RejectedRecordError("not_json", first["msg"])
    if not first["loc"]:
        return RejectedRecordError("not_object", "the record is JSON, but no object")
    field = str(first["loc"][0])
    value = _value_of(data, field)
    if value is None and field in ("timestamp", "level", "service", "message"):
        return RejectedRecordError(f"no_{field}", f"the record has no {field}")
    if field == "level":
        return RejectedRecordError("unknown_level", f"{str(value)[:100]!r} is none of {', '.join(Level)}")
    return RejectedRecordError(f"invalid_{field}", first["msg"])


def _value_of(data: bytes, field: str) -> Any:  # whatever JSON holds
    try:
        return json.loads(data).get(field)
    except (ValueError, RecursionError):  # pydantic reads some JSON that the standard library does not
        return "?"
