"""What a state holds, by type."""

from __future__ import annotations

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
    root = run.show().get("values", {}).get("root_module", {})
    for resource in _of(root):
        found[resource.type_name].append(resource)
    return dict(found)


def _of(module: Mapping[str, Any]) -> Iterator[Managed]:
    for entry in module.get("resources", ()):
        if entry["mode"] == "managed":
            yield Managed(entry["address"], entry["type"], entry["values"])
