"""Labelled messages from a manifest of the log generator: what was logged, and which family it belongs to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.knowledge.errors import KnowledgeError

_LOOKED_UP = frozenset({"WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"})


@dataclass(frozen=True)
class Label:
    """A message and its truth.

    Attributes:
        key: The same for all occurrences of one message.
        text: Its first line.
        family: The family of incidents it belongs to; None when it belongs to none.
    """

    key: str
    text: str
    family: str | None

    @property
    def held_out(self) -> bool:
        """Whether it judges the threshold (half of the keys, by digest) rather than fitting it."""
        return hashlib.sha256(self.key.encode()).digest()[0] % 2 == 1


def read(manifest: Path) -> list[Label]:
    """Return one label for each different message that the consumer would look up.

    Raises:
        KnowledgeError: The manifest cannot be read.
    """
    labels: dict[str, Label] = {}
    try:
        for item in _lines(manifest):
            if item["level"] in _LOOKED_UP:
                words = re.sub(r"[0-9a-f-]*\d[\w.-]*", "#", item["first_line"])
                key = item["distinct_error"] or f"{item['service']}: {words}"
                labels.setdefault(key, Label(key, item["first_line"], item["family"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(manifest, f"not a manifest of the log generator: {error}") from error
    return sorted(labels.values(), key=lambda label: label.key)


def _lines(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
