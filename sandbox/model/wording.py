"""Cutting texts into sentences and clauses, and quoting them."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+(?=[^\s])|\n+")
_CLAUSE_END = re.compile(r";\s+|,?\s+(?:and then|then)\s+|,\s+and\s+|\s+—\s+")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text, stripped.

    Examples:
        >>> sentences("Disk full. Pruned /var/log.")
        ['Disk full.', 'Pruned /var/log.']
    """
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def clauses(text: str) -> list[str]:
    """Return the steps a text tells: its sentences, or the clauses of a single one."""
    parts = sentences(text)
    if len(parts) == 1:
        parts = [part.strip() for part in _CLAUSE_END.split(parts[0]) if part.strip()]
    return [part.rstrip(".;,") for part in parts if part.rstrip(".;,")]


def words(text: str) -> list[str]:
    """Return the words of a text or an identifier in lower case.

    Examples:
        >>> words("rootCause_of failure")
        ['root', 'cause', 'of', 'failure']
    """
    return [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text))]


def excerpt(text: str, most: int = 160) -> str:
    """Return the beginning of a text on one line, cut at a word.

    Examples:
        >>> excerpt("one two three", 8)
        'one two…'
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head = line[:most]
    return (head.rsplit(" ", 1)[0] if " " in head else head[: most - 1]).rstrip(",;:(=… ") + "…"


def sentence(text: str) -> str:
    """Return the text as a sentence: a capital, and a full stop."""
    text = text.strip()
    if not text:
        return text
    if text[0].islower() and text.split(maxsplit=1)[0].isalpha():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…”" else f"{text}."
