"""What the server needs of an embedding model, so that tests can bring their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol


class Embedder(Protocol):
    """Texts to unit vectors."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector a text."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the text has, uncut."""
        ...


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the cosine of two unit vectors."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def shortened(vector: Sequence[float], dimension: int) -> list[float]:
    """Return the first `dimension` numbers at unit length, which is how OpenAI's `dimensions` works."""
    head = list(vector[:dimension])
    norm = math.sqrt(sum(x * x for x in head))
    return [x / norm for x in head] if norm else head
