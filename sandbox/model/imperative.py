"""What was done, told as what to do."""

from __future__ import annotations

import re

import simplemma

_BY_WHOM = re.compile(r"^(?:we|they|i|the team|on-call|ops)\s+(?=\w)", re.IGNORECASE)
# Where a verb may stand in a list of things done: at the start, and after a comma, a semicolon, "and" or "then".
_VERB_PLACE = re.compile(
    r"(?P<before>^|;\s+|,\s+(?:and\s+|then\s+)*|\band\s+(?:then\s+)?|\bthen\s+)(?P<word>[A-Za-z][a-z-]+)\b"
)
# Words with another base form that are no verbs in the past.
_NO_VERBS = frozenset(
    [
        "more",
        "less",
        "better",
        "worse",
        "most",
        "least",
        "an",
        "these",
        "those",
        "them",
        "us",
        "was",
        "were",
        "is",
        "are",
        "had",
    ]
)


def imperative(step: str) -> str:
    """Return a step in the past tense as an instruction; any other text as it is.

    Examples:
        >>> imperative("We raised the limit and restarted the workers")
        'Raise the limit and restart the workers'
        >>> imperative("The limit was raised")
        'The limit was raised'
    """
    told = _BY_WHOM.sub("", step.strip())
    first = _VERB_PLACE.match(told)
    # Only where the first word is such a verb are the others its companions rather than adjectives ("failed jobs").
    if first is None or _base(first["word"]) is None:
        return step.strip()
    told = _VERB_PLACE.sub(lambda hit: hit["before"] + (_base(hit["word"]) or hit["word"]), told)
    return told[0].upper() + told[1:] if step.strip()[0].isupper() else told


def _base(word: str) -> str | None:
    """Return the base form of a verb in the past tense; None for any other word."""
    plain = word.lower()
    if plain in _NO_VERBS or plain.endswith(("s", "ing", "er", "est")):
        return None
    base = simplemma.lemmatize(plain, lang="en")
    if base == plain:
        return None
    return base.capitalize() if word[0].isupper() else base
