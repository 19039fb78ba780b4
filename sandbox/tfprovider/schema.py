"""The derived schemas: what attributes and blocks a type has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from sandbox.tfprovider import wire
from sandbox.tfprovider.values import Attributes, Value

_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


@dataclass(frozen=True)
class Attribute:
    """An attribute and its flags."""

    name: str
    type: Any
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    deprecated: bool = False
    write_only: bool = False

    @property
    def is_set(self) -> bool:
        """Whether the order of its elements means nothing."""
        return isinstance(self.type, list) and self.type[0] == "set"


@dataclass(frozen=True)
class NestedBlock:
    """A block within a block."""

    name: str
    nesting: str
    block: Block
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True)
class Block:
    """Attributes and nested blocks."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, NestedBlock] = field(default_factory=dict)

    def complete(self, value: Attributes | None) -> Attributes:
        """A copy of `value` in which every attribute and block is present, and nothing else."""
        given = value or {}
        result: Attributes = {name: given.get(name) for name in self.attributes}
        for name, nested in self.blocks.items():
            inner = given.get(name)
            if nested.nesting == "single":
                result[name] = nested.block.complete(inner) if isinstance(inner, dict) else inner
            elif isinstance(inner, list) or inner is None:
                result[name] = [nested.block.complete(item) if isinstance(item, dict) else item for item in inner or ()]
            else:
                result[name] = inner  # unknown as a whole, as a dynamic block can be
        return result

    def children(self, value: Attributes) -> Iterator[tuple[NestedBlock, Attributes]]:
        """Every nested block of a value, with what stands in it."""
        for name, nested in self.blocks.items():
            inner = value.get(name)
            for item in inner if isinstance(inner, list) else [inner]:
                if isinstance(item, dict):
                    yield nested, item


@dataclass(frozen=True)
class Schema:
    """A type: its version and its block."""

    version: int
    block: Block

    def to_wire(self) -> Any:
        """The message Terraform gets."""
        return wire.message("Schema")(version=self.version, block=_block_to_wire(self.block))


def _block_to_wire(block: Block) -> Any:
    return wire.message("Schema.Block")(
        attributes=[
            wire.message("Schema.Attribute")(
                name=attribute.name,
                type=json.dumps(attribute.type).encode(),
                required=attribute.required,
                optional=attribute.optional,
                computed=attribute.computed,
                sensitive=attribute.sensitive,
                deprecated=attribute.deprecated,
                write_only=attribute.write_only,
            )
            for attribute in block.attributes.values()
        ],
        block_types=[
            wire.message("Schema.NestedBlock")(
                type_name=nested.name,
                block=_block_to_wire(nested.block),
                nesting=_NESTING[nested.nesting],
                min_items=nested.min_items,
                max_items=nested.max_items,
            )
            for nested in block.blocks.values()
        ],
    )


def _parse(document: Mapping[str, Any]) -> Block:
    return Block(
        attributes={name: Attribute(name=name, **entry) for name, entry in document.get("attributes", {}).items()},
        blocks={
            name: NestedBlock(
                name=name,
                nesting=entry["nesting_mode"],
                block=_parse(entry["block"]),
                min_items=entry.get("min_items", 0),
                max_items=entry.get("max_items", 0),
            )
            for name, entry in document.get("block_types", {}).items()
        },
    )


@dataclass(frozen=True)
class Schemas:
    """All that the provider knows: itself, its resources, its data sources."""

    provider_version: str
    provider: Schema
    resources: Mapping[str, Schema]
    data_sources: Mapping[str, Schema]


@cache
def load() -> Schemas:
    """The derived schemas."""
    document = json.loads(resources.files(__package__).joinpath("schemas.json").read_text())

    def parse(entries: Mapping[str, Any]) -> dict[str, Schema]:
        return {name: Schema(entry["version"], _parse(entry["block"])) for name, entry in entries.items()}

    return Schemas(
        provider_version=document["provider_version"],
        provider=Schema(0, _parse(document["provider"]["block"])),
        resources=parse(document["resources"]),
        data_sources=parse(document["data_sources"]),
    )


def at(value: Value, path: str) -> list[Value]:
    """All values at a dotted path, through the elements of lists."""
    found = [value]
    for name in path.split("."):
        step: list[Value] = []
        for item in found:
            elements = item if isinstance(item, list) else [item]
            step += [element.get(name) if isinstance(element, dict) else element for element in elements]
        found = step
    return found
