"""Tags, which every service lists and changes in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider import mapping
from sandbox.tfprovider.caller import Caller
from sandbox.tfprovider.table import Op, Tags
from sandbox.tfprovider.values import Attributes


class Tagger:
    """The tags of one resource type."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def params(self, op: Op, state: Attributes) -> dict[str, Any]:
        """The tags as a member of the create request; empty when it takes none."""
        resource, tags = self.caller.resource, state.get("tags_all")
        shape = self.caller.model(op).input_shape
        names = {**resource.names, **op.names}
        member = names.get("tags") or next((name for name in shape.members if name.lower() in ("tags", "taglist")), "")
        if not resource.tags or not tags or member not in shape.members:
            return {}
        return {member: _to_tags(tags, resource.tags.form)}

    def read(self, tags: Tags, state: Attributes, told: Attributes) -> None:
        """Put the tags that the service tells into `told`."""
        answer = self.caller.call(tags.listing or self.caller.resource.reads[0].op, told)
        every = _from_tags(mapping.pick(answer, tags.path))
        own = {key: value for key, value in every.items() if self.caller.clients.default_tags.get(key) != value}
        own |= {key: every[key] for key in state.get("tags") or {} if key in every}
        told["tags_all"] = every
        told["tags"] = own or (None if state.get("tags") is None else {})

    def change(self, tags: Tags, state: Attributes, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """Bring the tags from `old` to `new`."""
        removed = [key for key in old if key not in new]
        if removed:
            self.caller.call(tags.untag, state, extra={tags.removal: removed})
        added = {key: value for key, value in new.items() if old.get(key) != value}
        if added:
            members = self.caller.model(tags.tag).input_shape.members
            member = next(name for name in members if name.lower() in ("tags", "taglist"))
            self.caller.call(tags.tag, state, extra={member: _to_tags(added, tags.form)})


def _to_tags(tags: Mapping[str, str], form: str) -> Any:
    if form == "map":
        return dict(tags)
    key, value = ("key", "value") if form == "lower" else ("Key", "Value")
    return [{key: name, value: text} for name, text in tags.items()]


def _from_tags(found: Any) -> dict[str, str]:
    if isinstance(found, Mapping):
        tags = dict(found)
    else:
        tags = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in found or ()}
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}
