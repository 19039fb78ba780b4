"""Finds the provider's placeholders in a plan, and writes the resource's address in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.placeholders import PATTERN


class References:
    """Which resource each placeholder of a plan stands for.

    Args:
        resources: The type and the planned values of each resource, by its address.
    """

    def __init__(self, resources: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        self._addresses = {
            found[1]: address
            for address, (type_name, values) in resources.items()
            for name, value in values.items()
            if isinstance(value, str)
            and (found := PATTERN.fullmatch(value))
            and found[2] == type_name
            # A reference to another resource of its type stands under another name.
            and found[3] == name
        }

    def without_own(self, address: str, value: Any) -> Any:
        """`value` of the resource at `address` with null for what stands for itself."""
        if isinstance(value, dict):
            return {name: self.without_own(address, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.without_own(address, inner) for inner in value]
        found = PATTERN.fullmatch(value) if isinstance(value, str) else None
        return None if found and self._addresses.get(found[1]) == address else value

    def resolved(self, value: Any) -> Any:
        """`value` with `${address.attribute}` in the place of every placeholder."""
        if isinstance(value, dict):
            return {name: self.resolved(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.resolved(inner) for inner in value]
        return PATTERN.sub(self._reference, value) if isinstance(value, str) else value

    def _reference(self, found: re.Match[str]) -> str:
        address = self._addresses.get(found[1], found[2])
        return f"${{{address}.{found[3].replace('__', '[0].')}}}"
