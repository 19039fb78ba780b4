"""The name of a record in every store (vectors: contracts/record-id.json)."""

from __future__ import annotations

import hashlib

#: No part of the pipeline shortens a message below this, whatever it cuts from a long line.
_CHARACTERS = 256


def first_line_of(message: str) -> str:
    """What stands before the first line feed."""
    return message.split("\n", 1)[0]


def record_id_of(log_file: str | None, time: str | None, message: str | None) -> str:
    """Twenty hexadecimal digits of a digest of what every store carries of a log line."""
    text = f"{log_file or ''}\n{time or ''}\n{first_line_of(message or '')[:_CHARACTERS]}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]
