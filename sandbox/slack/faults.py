"""Failures on request: what `/_sandbox/faults` sets and every call obeys."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sandbox.slack.refusals import SlackRefusalError


@dataclass(frozen=True)
class Faults:
    """What goes wrong.

    Attributes:
        error_rate: The share of the calls answered with HTTP 500.
        latency_s: Seconds before each answer.
        hang: Never answer.
        down: Answer 503 to everything.
        drop_answer: Keep a message, then close the connection instead of answering.
    """

    error_rate: float = 0.0
    latency_s: float = 0.0
    hang: bool = False
    down: bool = False
    drop_answer: bool = False


def read_faults(body: object) -> Faults:
    """Return the faults that a request sets; what it does not name is off.

    Raises:
        SlackRefusalError: It sets something unknown or impossible.
    """
    if not isinstance(body, dict):
        raise SlackRefusalError("invalid_faults", details=["the faults must be a JSON object"], status=400)
    known = {field.name for field in fields(Faults)}
    problems = [f"unknown fault {name!r}; known: {', '.join(sorted(known))}" for name in sorted(set(body) - known)]
    problems += [
        f"fault {name!r} cannot be {value!r}"
        for name, value in body.items()
        if name in known and not _valid(name, value)
    ]
    if problems:
        raise SlackRefusalError("invalid_faults", details=problems, status=400)
    return Faults(**body)


def _valid(name: str, value: object) -> bool:
    if name in ("hang", "down", "drop_answer"):
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= (1 if name == "error_rate" else 3600)
