"""Between Terraform's attributes and the members of the botocore model.

An attribute belongs to the member whose name differs only in case and underscores; a table names the rest. A nested
block becomes a structure, or a list of structures when the member is a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.tfprovider.schema import Attribute, Block, NestedBlock
from sandbox.tfprovider.values import UNKNOWN, Attributes, Value

Names = Mapping[str, str]
#: The block has no member of its own: its attributes stand where the block would.
SAME_LEVEL = "."


@dataclass(frozen=True)
class Binding:
    """How the attributes of a type meet the members of one operation.

    Attributes:
        names: Attribute path to member; `*.x` is `x` at any depth, and what belongs to no member has an empty one.
        only: The top-level attributes that take part; all of them when empty.
    """

    names: Names
    only: tuple[str, ...] = ()

    def skips(self, name: str, path: str) -> bool:
        """Whether an attribute takes no part."""
        return bool(self.only) and not path and name not in self.only


def _members(block: Block) -> list[tuple[str, Attribute | NestedBlock]]:
    return [*block.attributes.items(), *block.blocks.items()]


def _target(shape: Any, path: str, names: Names) -> list[str]:
    """The members an attribute stands for, from outside in; empty when there is none."""
    name = path.rpartition(".")[2]
    for key in (path, f"*.{name}"):
        if key in names:
            return names[key].split(".") if names[key] else []
    wanted = name.replace("_", "")
    return next(([member] for member in shape.members if member.lower() == wanted), [])


def _shape_at(shape: Any, target: list[str]) -> Any | None:
    """The shape of a member within a shape; None when it has no such member."""
    for step in target:
        if step.isdigit():
            shape = shape.member if shape.type_name == "list" else None
        else:
            shape = shape.members.get(step) if shape.type_name == "structure" else None
        if shape is None:
            return None
    return shape


def encode(block: Block, value: Attributes, shape: Any, binding: Binding, path: str = "") -> dict[str, Any]:
    """The request members for the attributes of a block."""
    result: dict[str, Any] = {}
    for name, entry in _members(block):
        given = value.get(name)
        if given is None or given is UNKNOWN or binding.skips(name, path):
            continue
        if isinstance(entry, NestedBlock) and not given:
            continue
        target = _target(shape, path + name, binding.names)
        member = _shape_at(shape, target) if target else None
        if member is None:
            continue
        place = result
        for step in target[:-1]:
            place = place.setdefault(step, {})
        place[target[-1]] = _encode_value(entry, given, member, binding, path + name)
    return result


def _encode_value(entry: Attribute | NestedBlock, value: Value, shape: Any, binding: Binding, path: str) -> Any:
    if isinstance(entry, NestedBlock):
        items = value if isinstance(value, list) else [value]
        encoded = [encode(entry.block, item, _element(shape), binding, f"{path}.") for item in items]
        return encoded if shape.type_name == "list" else encoded[0]
    return _encode_plain(value, shape)


def _element(shape: Any) -> Any:
    return shape.member if shape.type_name == "list" else shape


def _encode_plain(value: Value, shape: Any) -> Any:
    kind = shape.type_name
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [_encode_plain(item, shape.member) for item in items]
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    return str(value) if kind == "string" else value


def pick(answer: Any, path: str) -> Any:
    """The value at a dotted path of an answer; None when there is none."""
    for step in path.split(".") if path else ():
        if step.isdigit():
            answer = answer[int(step)] if isinstance(answer, list) and len(answer) > int(step) else None
        else:
            answer = answer.get(step) if isinstance(answer, Mapping) else None
    return answer


def decode(block: Block, answer: Mapping[str, Any], shape: Any, binding: Binding, path: str = "") -> Attributes:
    """The attributes that an answer tells; an attribute it has no member for is not in the result."""
    result: Attributes = {}
    for name, entry in _members(block):
        if binding.skips(name, path):
            continue
        if isinstance(entry, NestedBlock) and binding.names.get(path + name) == SAME_LEVEL:
            result[name] = _decode_block(entry, answer, shape, binding, path + name)
            continue
        target = _target(shape, path + name, binding.names)
        member = _shape_at(shape, target) if target else None
        if member is None:
            continue
        found = pick(answer, ".".join(target))
        if isinstance(entry, NestedBlock):
            result[name] = _decode_block(entry, found, member, binding, path + name)
        else:
            result[name] = _decode_plain(found, entry.type)
    return result


def _decode_block(entry: NestedBlock, found: Any, shape: Any, binding: Binding, path: str) -> Value:
    items = found if isinstance(found, list) else [] if found is None else [found]
    element = _element(shape)
    decoded = [decode(entry.block, item, element, binding, f"{path}.") for item in items]
    if entry.nesting == "single":
        return decoded[0] if decoded else None
    return decoded


def _decode_plain(found: Any, kind: Any) -> Value:
    if found is None:
        return None
    if isinstance(kind, list):
        if kind[0] == "map" or isinstance(kind[1], list):
            return found
        return [_decode_scalar(item, kind[1]) for item in (found if isinstance(found, list) else [found])]
    # A structure where Terraform has a plain value: only a hook can know.
    return None if isinstance(found, list | dict) else _decode_scalar(found, kind)


def _decode_scalar(found: Any, kind: str) -> Value:
    if kind == "bool":
        return found if isinstance(found, bool) else str(found).lower() in ("true", "enabled")
    if kind == "number":
        if not isinstance(found, str):
            return found
        return float(found) if "." in found else int(found)
    if isinstance(found, bool):
        return str(found).lower()
    return found.isoformat() if isinstance(found, datetime) else str(found)


def has_member(shape: Any, name: str, names: Names) -> bool:
    """Whether a request has a member for a top-level attribute."""
    target = _target(shape, name, names)
    return bool(target) and _shape_at(shape, target) is not None
