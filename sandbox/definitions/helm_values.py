"""Helm values as Helm sees them: files merged in order, and the templates that stand inside strings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from sandbox.definitions.errors import DefinitionError

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_VALUE = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)(?:\s*\|\s*quote)?")


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two values trees as Helm does: maps are merged, anything else is replaced, null removes.

    >>> merge({"a": {"x": 1, "y": 2}, "l": [1]}, {"a": {"y": 3, "x": None}, "l": [2]})
    {'a': {'y': 3}, 'l': [2]}
    """
    merged = dict(base)
    for key, value in over.items():
        present = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(present, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(present, value)
        else:
            merged[key] = value
    return merged


def read(files: Sequence[Path], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `files`, the later winning, over the chart's own `defaults`."""
    values = dict(defaults)
    for path in files:
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DefinitionError(path, "", f"cannot be read: {error.strerror}") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1}" if mark else ""
            raise DefinitionError(path, where, f"is not YAML: {getattr(error, 'problem', error)}") from error
        if document is None:
            continue
        if not isinstance(document, Mapping):
            raise DefinitionError(path, "", "holds no map of values")
        values = merge(values, document)
    return values


def expand(text: str, values: Mapping[str, Any], path: Path, where: str) -> str:
    """Replace `{{ .Values.x.y }}`; any other template action is refused by name, since only Helm can run it."""

    def replaced(match: re.Match[str]) -> str:
        action = match.group(1)
        known = _VALUE.fullmatch(action)
        if known is None:
            raise DefinitionError(path, where, f"template action {{{{ {action} }}}} needs Helm itself")
        value: Any = values
        for name in known.group(1).strip(".").split("."):
            if not isinstance(value, Mapping) or name not in value:
                raise DefinitionError(path, where, f"{{{{ {action} }}}} names a value that is not set")
            value = value[name]
        return f"{value}"

    return _ACTION.sub(replaced, text)
