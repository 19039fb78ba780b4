"""What a state holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.terraform import TerraformRun


@dataclass(frozen=True)
class Managed:
    """A resource in the state.

    Attributes:
        address: Its address.
        type_name: Its type.
        values: Its attributes.
    """

    address: str
    type_name: str
    values: Mapping[str, Any]


def managed(run: TerraformRun) -> dict[str, list[Managed]]:
    """All resources of a state by their types."""
    found: dict[str, list[Managed]] = defaultdict(list)
    for resource in by_address(run.show()).values():
        found[resource.type_name].append(resource)
    return dict(found)


def by_address(state: Mapping[str, Any]) -> dict[str, Managed]:
    """All resources of a state, as terraform shows it to machines, by their addresses."""
    return {resource.address: resource for resource in _of(state.get("values", {}).get("root_module", {}))}


def meant(value: Any) -> Any:
    """What a value means, however it is written: without what is off or empty, JSON read, lists in one order."""
    if isinstance(value, Mapping):
        return {name: said for name, item in value.items() if not _silent(said := meant(item))}
    if isinstance(value, list):
        return sorted((said for item in value if not _silent(said := meant(item))), key=json.dumps)
    if isinstance(value, str) and value.startswith("{"):
        return meant(json.loads(value))
    return value


def _silent(value: Any) -> bool:
    return value in (None, "", [], {}) or value is False


def _of(module: Mapping[str, Any]) -> Iterator[Managed]:
    for entry in module.get("resources", ()):
        if entry["mode"] == "managed":
            yield Managed(entry["address"], entry["type"], entry["values"])
