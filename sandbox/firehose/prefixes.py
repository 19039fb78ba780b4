"""S3 prefixes with expressions ("Understand custom prefixes for Amazon S3 objects").

The semantic rules of that page: a `Prefix` without a timestamp expression is followed by `yyyy/MM/dd/HH/`; a `Prefix`
with expressions needs an `ErrorOutputPrefix`; an `ErrorOutputPrefix` with expressions needs
`!{firehose:error-output-type}`, which a `Prefix` must not have; evaluated prefixes have at most 512 characters.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.firehose.java_time import PatternError, compile_pattern

MAX_EVALUATED = 512
_EXPRESSION = re.compile(r"!\{([^:{}]*):([^{}]*)\}")
_DEFAULT_TIME = "!{timestamp:yyyy/MM/dd/HH/}"


class PrefixError(ValueError):
    """A prefix that breaks one of the rules."""


@dataclass(frozen=True)
class Part:
    """A piece of a prefix: a literal (no namespace) or an expression."""

    namespace: str
    value: str


def parse(prefix: str) -> list[Part]:
    """Split a prefix into literals and expressions.

    Raises:
        PrefixError: An unknown namespace or value, or `!{` outside an expression.
    """
    parts: list[Part] = []
    position = 0
    for match in _EXPRESSION.finditer(prefix):
        parts.append(Part("", prefix[position : match.start()]))
        parts.append(_expression(match[1], match[2]))
        position = match.end()
    parts.append(Part("", prefix[position:]))
    if any("!{" in part.value for part in parts if not part.namespace):
        raise PrefixError("The sequence !{ can only appear in !{namespace:value} expressions")
    return [part for part in parts if part.namespace or part.value]


def _expression(namespace: str, value: str) -> Part:
    if namespace == "timestamp":
        try:
            compile_pattern(value)
        except PatternError as error:
            raise PrefixError(f"The timestamp expression {value!r} is not valid: {error}") from error
    elif namespace == "firehose":
        if value not in {"random-string", "error-output-type"}:
            raise PrefixError(f"The value {value!r} is not one of random-string, error-output-type")
    elif namespace in {"partitionKeyFromQuery", "partitionKeyFromLambda"}:
        raise PrefixError(f"The namespace {namespace} needs dynamic partitioning, which the local Firehose does not do")
    else:
        raise PrefixError(f"The namespace {namespace!r} is not one of timestamp, firehose")
    return Part(namespace, value)


def check(prefix: str | None, error_prefix: str | None) -> None:
    """Apply the semantic rules to a pair of prefixes.

    Raises:
        PrefixError: A rule is broken.
    """
    parts, error_parts = parse(prefix or ""), parse(error_prefix or "")
    if Part("firehose", "error-output-type") in parts:
        raise PrefixError("Prefix cannot contain !{firehose:error-output-type}")
    if any(part.namespace for part in parts) and not error_prefix:
        raise PrefixError("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions")
    if any(part.namespace for part in error_parts) and Part("firehose", "error-output-type") not in error_parts:
        raise PrefixError("ErrorOutputPrefix with expressions must include !{firehose:error-output-type}")
    now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    if (
        len(evaluate(prefix, now)) > MAX_EVALUATED
        or len(evaluate_error(prefix, error_prefix, now, "x" * 30, "x" * 30)) > MAX_EVALUATED
    ):
        raise PrefixError(f"A prefix cannot be longer than {MAX_EVALUATED} characters after it is evaluated")


def evaluate(prefix: str | None, instant: datetime) -> str:
    """Evaluate a `Prefix` at the arrival time of the oldest record of an object."""
    parts = parse(prefix or "")
    if not any(part.namespace == "timestamp" for part in parts):
        parts += parse(_DEFAULT_TIME)
    return _render(parts, instant, "")


def evaluate_error(prefix: str | None, error_prefix: str | None, instant: datetime, kind: str, folder: str) -> str:
    """Evaluate an `ErrorOutputPrefix`.

    Args:
        prefix: The `Prefix`, which stands in when there is no `ErrorOutputPrefix`.
        error_prefix: The `ErrorOutputPrefix`.
        instant: The arrival time of the oldest record.
        kind: What `!{firehose:error-output-type}` stands for.
        folder: The folder of failed records when no expression says where they go.
    """
    parts = parse(error_prefix or prefix or "")
    if any(part.namespace for part in parts):
        return _render(parts, instant, kind)
    return _render([*parts, Part("", f"{folder}/"), *parse(_DEFAULT_TIME)], instant, kind)


def _render(parts: list[Part], instant: datetime, kind: str) -> str:
    rendered = []
    for part in parts:
        if part.namespace == "timestamp":
            rendered.append(compile_pattern(part.value)(instant))
        elif part.namespace == "firehose":
            rendered.append(kind if part.value == "error-output-type" else _random_string())
        else:
            rendered.append(part.value)
    return "".join(rendered)


def _random_string() -> str:
    """Return 11 random characters, anew for every instance of the expression."""
    return secrets.token_hex(6)[:11]
