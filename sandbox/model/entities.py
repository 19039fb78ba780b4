"""The particulars of an error (times, sizes, hosts, names) and how those of one error stand in for another's."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The order decides: what an earlier pattern takes, a later one does not see.
_KINDS: tuple[tuple[str, str], ...] = (
    ("url", r"https?://[^\s\"'<>),;]+"),
    ("uuid", r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    ("address", r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5})?\b|\b[a-zA-Z][\w-]*(?:\.[\w-]+)*:\d{2,5}\b"),
    ("path", r"(?<![\w/])/(?:[\w.@-]+/)*[\w.@-]+"),
    ("quoted", r"\"[^\"\n]{1,80}\"|'[^'\n]{2,80}'(?!\w)|`[^`\n]{1,80}`"),
    ("duration", r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|seconds?|secs?|minutes?|mins?|hours?|days?|s|m|h)\b"),
    ("size", r"\b\d+(?:\.\d+)?\s?(?:[KMGT]i?B?|bytes|B)\b"),
    ("share", r"\b\d+(?:\.\d+)?\s?(?:%|percent\b)"),
    ("ratio", r"\b\d+\s?(?:/|of)\s?\d+\b"),
    ("version", r"\bv?\d+\.\d+\.\d+[\w.-]*"),
    ("exception", r"\b(?:[a-z_][\w]*\.)*[A-Z]\w*(?:Error|Exception)\b"),
    ("name", r"\b[a-zA-Z][a-zA-Z0-9]*(?:[-_.][a-zA-Z0-9]+)+\b"),
    ("number", r"\b\d+(?:\.\d+)?\b"),
)
_MEASURES = ("duration", "size", "share")
_PIECES = re.compile(r"[^a-z]+")
_WORDS = re.compile(r"[a-z]+")
_PATTERN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS))


@dataclass(frozen=True)
class Entity:
    """One particular in a text."""

    kind: str
    text: str
    start: int
    end: int


def entities(text: str) -> list[Entity]:
    """Return the particulars of a text in order.

    Examples:
        >>> [(e.kind, e.text) for e in entities("pool orders-db full after 30 s")]
        [('name', 'orders-db'), ('duration', '30 s')]
    """
    return [Entity(str(hit.lastgroup), hit.group(), hit.start(), hit.end()) for hit in _PATTERN.finditer(text)]


def adapted(text: str, *, told_of: str, told_service: str, here: str, here_service: str) -> str:
    """Return a past incident's words with its particulars exchanged for those of the error at hand.

    Only a particular that stood in the past incident's own error message is exchanged, for the one of its kind that
    has its place in the new message: a setting that the resolution chose ("raised to 80") stays what it was.

    Args:
        text: The cause or resolution of the past incident.
        told_of: The error message of the past incident.
        told_service: The service of the past incident.
        here: The message of the error at hand.
        here_service: The service of the error at hand.

    Examples:
        >>> adapted("orders-db had no more connections", told_of="orders-db refused", told_service="orders",
        ...         here="stock-db refused", here_service="stock")
        'stock-db had no more connections'
    """
    swaps = _counterparts(told_of, here)
    if told_service:
        swaps[told_service] = here_service
    swaps = {old: new for old, new in swaps.items() if old != new}
    if not swaps:
        return text
    # Longest first, and never inside a longer word: "5" must not touch "50", nor "orders" touch "orders-db".
    longest_first = sorted(swaps, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(old) for old in longest_first) + r")(?![\w-])")
    return pattern.sub(lambda hit: swaps[hit.group()], text)


def _counterparts(told_of: str, here: str) -> dict[str, str]:
    """Return, for the particulars of the one message, those that have their place in the other."""
    available = entities(here)
    swaps: dict[str, str] = {}
    for index, entity in enumerate(found := entities(told_of)):
        same = [other for other in available if other.kind == entity.kind]
        if entity.text in swaps or not same:
            continue
        place = sum(1 for other in found[:index] if other.kind == entity.kind)
        best = max(same, key=lambda other: (_likeness(entity, told_of, other, here), -abs(same.index(other) - place)))
        alone = len(same) == 1 and sum(other.kind == entity.kind for other in found) == 1
        # A time answers to a time wherever it stands; a bare number or a name only where something speaks for it.
        if (
            entity.kind in _MEASURES
            or _likeness(entity, told_of, best, here) > 0
            or (alone and entity.kind != "number")
        ):
            swaps[entity.text] = best.text
            available.remove(best)
    return swaps


def _likeness(left: Entity, left_text: str, right: Entity, right_text: str) -> int:
    """Return how much speaks for two particulars having the same part: common pieces, and common neighbours."""
    pieces = set(_PIECES.split(left.text.lower())) & set(_PIECES.split(right.text.lower())) - {""}
    before = _neighbour(left_text[: left.start], -1) & _neighbour(right_text[: right.start], -1)
    after = _neighbour(left_text[left.end :], 0) & _neighbour(right_text[right.end :], 0)
    return 2 * len(pieces) + 2 * len(before) + len(after)


def _neighbour(text: str, index: int) -> set[str]:
    found = _WORDS.findall(text.lower())
    return {found[index]} if found else set()
