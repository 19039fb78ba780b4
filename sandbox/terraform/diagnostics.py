"""What terraform complains of: each error in one line, with the place in the checkout and the lock it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LOCK_ID = re.compile(r"^\s*ID:\s+([0-9a-fA-F-]{36})", re.MULTILINE)
_LOCK_HOLDER = re.compile(r"Who:\s+(\S+)")
_PLACE = re.compile(r"on (\S+) line (\d+)")
#: The frame that terraform draws around an error, and its colours.
_FRAME = re.compile(r"[│╷╵]|\x1b\[[0-9;]*m")


@dataclass
class Result:
    """What terraform said.

    Attributes:
        code: Its exit code.
        errors: Every error, as `file:line: summary: detail`.
        in_definitions: Whether one of them points into a file.
        messages: All of its JSON messages.
        lock: The id of the lock that somebody else holds; empty when none does.
        lock_holder: Who holds it.
        text: What it wrote to its standard output, where that is no stream of messages.
    """

    code: int
    errors: list[str] = field(default_factory=list)
    in_definitions: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    lock: str = ""
    lock_holder: str = ""
    text: str = ""

    def last(self, kind: str) -> dict[str, Any]:
        """The last message of a kind; empty when there was none."""
        return next((message for message in reversed(self.messages) if message.get("type") == kind), {})


def note(result: Result, diagnostic: Mapping[str, Any], origins: Mapping[str, Path]) -> None:
    """Add a diagnostic to a result, if it is an error."""
    if diagnostic.get("severity") != "error":
        return
    detail = str(diagnostic.get("detail") or "")
    found = _LOCK_ID.search(detail)
    if found and "lock" in str(diagnostic.get("summary", "")).lower():
        result.lock = found[1]
        holder = _LOCK_HOLDER.search(detail)
        result.lock_holder = holder[1] if holder else ""
    place = ""
    span = diagnostic.get("range")
    if span:
        # An error of a resource points into a file too, but the file is not what is wrong.
        result.in_definitions |= not diagnostic.get("address")
        name = str(span.get("filename", ""))
        origin = origins.get(name)
        place = f"{_short(origin) if origin else name}:{span.get('start', {}).get('line', 0)}: "
    address = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    summary, text = (" ".join(part.split()) for part in (str(diagnostic.get("summary", "")), detail))
    result.errors.append(f"{place}{address}{summary}{': ' if text else ''}{text}")


def _short(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[parts.index("terraform") :]) if "terraform" in parts else path.name


def note_text(result: Result, complaint: str, origins: Mapping[str, Path]) -> None:
    """The errors of a text for people: `Error: summary`, then perhaps `on FILE line N`, then more."""
    text = _FRAME.sub("", complaint)
    blocks = re.split(r"^ *Error: ", text, flags=re.MULTILINE)[1:]
    if not blocks and text.strip():
        result.errors.append(" ".join(text.split()))
    for block in blocks:
        summary, _, detail = block.partition("\n")
        place = _PLACE.search(detail)
        span = {"filename": place[1], "start": {"line": int(place[2])}} if place else None
        diagnostic = {"severity": "error", "summary": summary.strip(), "detail": detail, "range": span}
        note(result, diagnostic, origins)
