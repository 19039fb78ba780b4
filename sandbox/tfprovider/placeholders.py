"""Names for what is known only after an apply, so that a plan can show what is built from it.

A policy that holds an ARN is wholly unknown in a plan. For a summary that people read, the provider answers with a name
in place of each unknown text; Terraform carries it into every policy and reference, where `sandbox.terraform.summary`
finds it and writes the resource's address. Nothing can be applied that way.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.tfprovider.schema import Block
from sandbox.tfprovider.values import UNKNOWN, Attributes

VARIABLE = "CALI_TF_PLACEHOLDERS"

#: Of characters that no function of Terraform's changes or splits at.
PATTERN = re.compile(r"xx([0-9a-f]{32})xx([a-z0-9_]+)xx([a-z0-9_]*?)xx")


@dataclass(frozen=True)
class Placeholder:
    """One name.

    Attributes:
        resource: Stands for the resource.
        type_name: Its type.
        path: Where the value stands in it; elements of lists have no number.
    """

    resource: str
    type_name: str
    path: str

    def __str__(self) -> str:
        return f"xx{self.resource}xx{self.type_name}xx{self.path}xx"


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this provider is to name what is unknown."""
    return environment.get(VARIABLE) == "1"


def fill(type_name: str, block: Block, planned: Attributes, proposed: Attributes) -> None:
    """Put a name in the place of every unknown text of a new resource that its configuration says nothing of."""
    _fill(Placeholder(uuid.uuid4().hex, type_name, ""), block, planned, proposed)


def _fill(within: Placeholder, block: Block, planned: Attributes, proposed: Attributes) -> None:
    for name, attribute in block.attributes.items():
        if planned.get(name) is UNKNOWN and proposed.get(name) is None and attribute.type == "string":
            planned[name] = str(replace(within, path=within.path + name))
    for (nested, inner), (_, given) in zip(block.children(planned), block.children(proposed), strict=True):
        _fill(replace(within, path=f"{within.path}{nested.name}__"), nested.block, inner, given)
