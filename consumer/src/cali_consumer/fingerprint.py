"""Which errors are the same error: the message with its variable parts masked (vectors: contracts/fingerprint.json)."""

from __future__ import annotations

import hashlib
import re

from cali_consumer.record_id import first_line_of

#: How much of a message decides.
MAX_CHARACTERS = 2000

_NOT_IN_WORD = r"(?<![A-Za-z0-9])"
_WORD_ENDS = r"(?![A-Za-z0-9])"

#: Applied in this order. Digests, identifiers and numbers share a mark: an identifier may happen to be all digits.
RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("terminal colours", re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (
        "date and time",
        re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)"),
        "<time>",
    ),
    ("time of day", re.compile(r"(?<![\d:])\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?![\d:])"), "<time>"),
    ("e-mail", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"), "<email>"),
    (
        "uuid",
        re.compile(
            _NOT_IN_WORD + r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}" + _WORD_ENDS
        ),
        "<uuid>",
    ),
    ("query of an address", re.compile(r"(?<=[\w/])\?[^\s\"'<>?=]{1,100}=[^\s\"'<>]*"), "?<query>"),
    ("mac", re.compile(_NOT_IN_WORD + r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}" + _WORD_ENDS), "<mac>"),
    ("ipv4", re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\d])"), "<ip>"),
    (
        "ipv6",
        re.compile(
            r"\[?(?<![0-9A-Za-z:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|"
            r"(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}|::(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4})"
            r"(?![0-9A-Za-z:])(?:\](?::\d{1,5})?)?"
        ),
        "<ip>",
    ),
    (
        "hexadecimal",
        re.compile(_NOT_IN_WORD + r"(?:0[xX][0-9A-Fa-f]+|(?=[A-Fa-f]*\d)[0-9A-Fa-f]{8,})" + _WORD_ENDS),
        "<n>",
    ),
    (
        # Letters and digits change places twice, in five characters or more: `8f3k2`, but not `250MB`, `sha256`.
        "mixed identifier",
        re.compile(
            _NOT_IN_WORD + r"(?=[A-Za-z0-9]{5,})(?:[A-Za-z]+\d+[A-Za-z]|\d+[A-Za-z]+\d)[A-Za-z0-9]*" + _WORD_ENDS
        ),
        "<n>",
    ),
    ("number", re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
    ("spaces", re.compile(r"\s+"), " "),
)


def mask(message: str) -> str:
    """The first line of a message without what varies from one occurrence to the next.

    >>> mask("order 8812 of bob@example.com took 1502ms")
    'order <n> of <email> took <n>ms'
    """
    masked = first_line_of(message)[:MAX_CHARACTERS]
    for _, pattern, replacement in RULES:
        masked = pattern.sub(replacement, masked)
    return masked.strip()


def alert_key_of(service: str, message: str) -> str:
    """The key of an error in the alert ledger: who, and what without its variable parts."""
    return hashlib.sha256(f"{service}\n{mask(message)}".encode()).hexdigest()[:32]
