"""What a prompt says: the error and the past incidents quoted in it, if it is one about an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """One message of the conversation, its text parts joined."""

    role: str
    text: str


@dataclass(frozen=True)
class ErrorRecord:
    """The error asked about."""

    service: str
    level: str
    message: str
    stack_trace: str

    @property
    def text(self) -> str:
        """Return all its words."""
        return f"{self.message}\n{self.stack_trace}" if self.stack_trace else self.message

    @property
    def headline(self) -> str:
        """Return the first line of the message."""
        return self.message.strip().split("\n", 1)[0].strip()


@dataclass(frozen=True)
class Incident:
    """A past incident as the prompt quotes it."""

    id: str
    service: str
    error_message: str
    cause: str
    resolution: str
    similarity: float | None


@dataclass(frozen=True)
class ErrorPrompt:
    """A prompt that asks about one error."""

    error: ErrorRecord
    incidents: tuple[Incident, ...]


def read_error_prompt(messages: Sequence[Message]) -> ErrorPrompt | None:
    """Return what the latest message with an error in it says, or None when no message has one."""
    for message in reversed(messages):
        if message.role in ("user", "developer", "system"):
            for found in _objects(message.text):
                if (prompt := _read(found)) is not None:
                    return prompt
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that stand in a text, outermost only."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at != -1:
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(found, dict):
                yield found
        at = text.find("{", end)


def _read(found: dict[str, Any]) -> ErrorPrompt | None:
    error = found.get("error")
    if isinstance(error, str):
        error = {"message": error}
    if not isinstance(error, dict) or not _text(error, "message"):
        return None
    past = found.get("past_incidents")
    incidents = [_incident(one) for one in past if isinstance(one, dict)] if isinstance(past, list) else []
    return ErrorPrompt(
        error=ErrorRecord(
            service=_text(error, "service") or "the service",
            level=_text(error, "level") or "ERROR",
            message=_text(error, "message"),
            stack_trace=_text(error, "stack_trace"),
        ),
        # An incident that tells neither a cause nor a resolution teaches nothing.
        incidents=tuple(one for one in incidents if one.cause or one.resolution),
    )


def _incident(one: dict[str, Any]) -> Incident:
    similarity = one.get("similarity")
    known = isinstance(similarity, int | float) and not isinstance(similarity, bool)
    return Incident(
        id=_text(one, "id") or "an unnamed incident",
        service=_text(one, "service"),
        error_message=_text(one, "error_message"),
        cause=_text(one, "cause"),
        resolution=_text(one, "resolution"),
        similarity=float(similarity) if known else None,  # type: ignore[arg-type] # checked in `known`
    )


def _text(source: dict[str, Any], key: str) -> str:
    value = source.get(key)
    return "" if value is None else str(value).strip()
