"""The tags of everything in EC2: listed by a filter, removed as tags without a value."""

from __future__ import annotations

from sandbox.tfprovider.table import NOTHING, Op, Params, Tags
from sandbox.tfprovider.values import Attributes


def _keys_as_tags(params: Params, _state: Attributes) -> None:
    params["Tags"] = [{"Key": key} for key in params["Tags"]]


TAGS = Tags(
    tag=Op("CreateTags", names={"id": "Resources"}, only=("id",)),
    untag=Op("DeleteTags", names={"id": "Resources"}, only=("id",), before=_keys_as_tags),
    listing=Op(
        "DescribeTags",
        only=NOTHING,
        before=lambda params, state: params.update(Filters=[{"Name": "resource-id", "Values": [state["id"]]}]),
    ),
    removal="Tags",
)
