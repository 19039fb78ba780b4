"""Compares what `kind` and `aws` render, one line a difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.definitions.rendering.renders import Manifest, title

_ABSENT = object()
#: Longer values are texts: that they differ is said, and the values files say how.
_LONGEST = 160


def differences(kind: list[Manifest], aws: list[Manifest]) -> list[str]:
    """One line for each difference, in a steady order."""
    ours, theirs = ({title(m): m for m in manifests} for manifests in (kind, aws))
    lines = []
    for name in sorted({*ours, *theirs}):
        if name not in theirs:
            lines.append(f"{name}: kind only")
        elif name not in ours:
            lines.append(f"{name}: aws only")
        else:
            lines += [f"{name}: {line}" for line in _compare(ours[name], theirs[name], "")]
    return lines


def _compare(ours: Any, theirs: Any, path: str) -> Iterator[str]:
    if ours == theirs:
        return
    left, right = _children(ours), _children(theirs)
    if left is None or right is None:
        yield f"{path.lstrip('.')}: kind {_shown(ours)}, aws {_shown(theirs)}"
        return
    for key in sorted({*left, *right}):
        yield from _compare(left.get(key, _ABSENT), right.get(key, _ABSENT), path + key)


def _children(value: Any) -> dict[str, Any] | None:
    """The parts of a map, or of a list whose elements have names."""
    if isinstance(value, dict):
        return {f".{key}": part for key, part in value.items()}
    if isinstance(value, list) and value and all(isinstance(part, dict) and "name" in part for part in value):
        return {f"[{part['name']}]": part for part in value}
    return None


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "-"
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONGEST else "(a text)"
