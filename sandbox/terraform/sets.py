"""The order of what has none: the elements of sets, sorted by what they say."""

from __future__ import annotations

import json
from typing import Any

from sandbox.tfprovider import schema
from sandbox.tfprovider.schema import Block


def ordered(type_name: str, value: dict[str, Any]) -> dict[str, Any]:
    """A resource's values with its sets sorted; as it is when the type is unknown."""
    known = schema.load().resources.get(type_name)
    return _ordered(known.block, value) if known else value


def _ordered(block: Block, value: dict[str, Any]) -> dict[str, Any]:
    result = dict(value)
    for name, inner in value.items():
        attribute, nested = block.attributes.get(name), block.blocks.get(name)
        if nested and isinstance(inner, list):
            items = [_ordered(nested.block, item) if isinstance(item, dict) else item for item in inner]
            result[name] = _sorted(items) if nested.nesting == "set" else items
        elif nested and isinstance(inner, dict):
            result[name] = _ordered(nested.block, inner)
        elif attribute and attribute.is_set and isinstance(inner, list):
            result[name] = _sorted(inner)
    return result


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
