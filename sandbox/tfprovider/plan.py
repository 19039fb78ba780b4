"""What Terraform shows before it acts: defaults, what is known only later, what needs a new one."""

from __future__ import annotations

import copy
import json

from sandbox.tfprovider.schema import Attribute, Block, NestedBlock, at
from sandbox.tfprovider.table import LOCAL, Resource
from sandbox.tfprovider.values import (
    UNKNOWN,
    Attributes,
    Value,
    contains_unknown,
    is_zero,
    same_json,
    without_unknown,
)

#: A change of nothing else leaves the resource as it is.
_BESIDE = LOCAL | {"tags", "tags_all", "timeouts"}


def plan(
    resource: Resource, block: Block, prior: Attributes | None, proposed: Attributes, default_tags: dict[str, str]
) -> Attributes:
    """The planned state for a create (`prior` is None) or an update."""
    planned = block.complete(copy.deepcopy(proposed))
    for path, value in resource.defaults.items():
        _fill(planned, path.split("."), value)
    _plan_tags(block, planned, default_tags)
    if prior is None:
        _mark_unknown(block, planned)
        return planned
    before = block.complete(prior)
    keep_same(resource, block, before, planned)
    changed = {name for name in planned if planned[name] != before[name]}
    if changed <= {"timeouts"}:
        return before  # nothing waits: how long it would is not worth an update
    if changed - _BESIDE:
        for name in resource.volatile:
            planned[name] = UNKNOWN
    _mark_unknown(block, planned, before)
    return planned


def _fill(value: Value, path: list[str], default: Value) -> None:
    if isinstance(value, list):
        for item in value:
            _fill(item, path, default)
    elif isinstance(value, dict) and len(path) == 1:
        if value.get(path[0]) is None:
            value[path[0]] = copy.deepcopy(default)
    elif isinstance(value, dict):
        _fill(value.get(path[0]), path[1:], default)


def _plan_tags(block: Block, planned: Attributes, default_tags: dict[str, str]) -> None:
    if "tags_all" not in block.attributes:
        return
    tags = planned.get("tags")
    if tags is UNKNOWN:
        planned["tags_all"] = UNKNOWN
    else:
        planned["tags_all"] = {**default_tags, **(tags or {})}


def _mark_unknown(block: Block, planned: Attributes, before: Attributes | None = None) -> None:
    """Mark computed attributes that nobody set; those that were null before a change stay null."""
    for name, attribute in block.attributes.items():
        if attribute.computed and planned.get(name) is None and (before is None or name not in before):
            planned[name] = UNKNOWN
    for name, nested in block.blocks.items():
        inner = planned.get(name)
        items = inner if isinstance(inner, list) else [inner]
        old = (before or {}).get(name)
        old_items = old if isinstance(old, list) else [old]
        for index, item in enumerate(items):
            if isinstance(item, dict):
                earlier = old_items[index] if before is not None and index < len(old_items) else None
                _mark_unknown(nested.block, item, earlier)


def keep_same(resource: Resource, block: Block, prior: Attributes, new: Attributes, path: str = "") -> None:
    """Put the prior value where the new one only says the same in other words."""
    for name, attribute in block.attributes.items():
        if name in new and equivalent(resource, attribute, prior.get(name), new[name], path + name):
            new[name] = prior.get(name)
    for name, nested in block.blocks.items():
        one, other = prior.get(name), new.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            keep_same(resource, nested.block, one, other, f"{path}{name}.")
        elif isinstance(one, list) and isinstance(other, list):
            new[name] = _kept_list(resource, nested, one, other, path + name)


def _kept_list(resource: Resource, nested: NestedBlock, one: list[Value], other: list[Value], path: str) -> list[Value]:
    if bool(one) != bool(other) and not contains_unknown(other):
        # The new side is silent about what the service filled in, or one of them about what the other names as off.
        return one if (one and path in resource.silent) or (is_zero(one) and is_zero(other)) else other
    if len(one) != len(other):
        return other
    pairs = _matched(resource, nested.block, one, other, f"{path}.") if nested.nesting == "set" else other
    for before, after in zip(one, pairs, strict=True):
        if isinstance(before, dict) and isinstance(after, dict):
            keep_same(resource, nested.block, before, after, f"{path}.")
    return pairs


def _matched(resource: Resource, block: Block, one: list[Value], other: list[Value], path: str) -> list[Value]:
    """The elements of a set in the order of their equals, as far as they have any."""
    rest = list(other)
    result: list[Value] = []
    for item in one:
        for candidate in rest:
            trial = copy.deepcopy(candidate)
            if isinstance(item, dict) and isinstance(trial, dict):
                keep_same(resource, block, item, trial, path)
            if trial == item:
                rest.remove(candidate)
                result.append(trial)
                break
    return result + rest if len(result) + len(rest) == len(other) else other


def equivalent(resource: Resource, attribute: Attribute, prior: Value, new: Value, path: str) -> bool:
    """Whether two values of an attribute mean the same."""
    if prior == new or new is UNKNOWN or prior is UNKNOWN:
        return bool(prior == new)
    if prior is None or new is None:
        # One side is silent, the other names what is off or empty: the same to every service.
        return not attribute.computed and is_zero(prior) and is_zero(new)
    if attribute.is_set and isinstance(prior, list) and isinstance(new, list):
        one, other = (sorted(json.dumps(item, sort_keys=True) for item in items) for items in (prior, new))
        if one == other:
            return True
    if path in resource.json_attributes and same_json(prior, new):
        return True
    test = resource.same.get(path)
    return bool(test and test(prior, new))


def replaced(resource: Resource, prior: Attributes, planned: Attributes) -> list[str]:
    """The top-level attributes whose change needs a new resource."""
    names = [path.partition(".")[0] for path in resource.force_new if at(prior, path) != at(planned, path)]
    return list(dict.fromkeys(names))


def assumed(resource: Resource, prior: Attributes, planned: Attributes) -> Attributes:
    """What is known of an imported resource: of what its service does not tell, that it is as it is asked for.

    Without this an import of what exists would make it anew, or change what can only be made.
    """
    silent = [name for name in resource.kept if prior.get(name) in (None, [], "")]
    return prior | {name: without_unknown(planned.get(name)) for name in silent}
