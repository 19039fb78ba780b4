"""Tags, which every service lists and changes in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider import mapping
from sandbox.tfprovider.caller import Caller
from sandbox.tfprovider.table import Op, Tags
from sandbox.tfprovider.values import Attributes

#: What services call the member of a request that takes tags.
_MEMBERS = ("tags", "taglist", "resourcetags")
#: What they call the two halves of a tag.
_KEYS = {"list": ("Key", "Value"), "lower": ("key", "value"), "kms": ("TagKey", "TagValue")}


class Tagger:
    """The tags of one resource type."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def params(self, op: Op, state: Attributes) -> dict[str, Any]:
        """The tags as a member of the create request; empty when it takes none."""
        resource, tags = self.caller.resource, state.get("tags_all")
        member = self._member(op)
        if not resource.tags or not tags or not member:
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
            self.caller.call(tags.tag, state, extra={self._member(tags.tag): _to_tags(added, tags.form)})

    def _member(self, op: Op) -> str:
        """The member of a request that takes tags; empty when it has none."""
        members = self.caller.model(op).input_shape.members
        return next((name for name in members if name.lower() in _MEMBERS), "")


def _to_tags(tags: Mapping[str, str], form: str) -> Any:
    if form == "map":
        return dict(tags)
    key, value = _KEYS[form]
    return [{key: name, value: text} for name, text in tags.items()]


def _one_of(tag: Mapping[str, str], half: int) -> str:
    return next((tag[names[half]] for names in _KEYS.values() if names[half] in tag), "")


def _from_tags(found: Any) -> dict[str, str]:
    tags = dict(found) if isinstance(found, Mapping) else {_one_of(tag, 0): _one_of(tag, 1) for tag in found or ()}
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}
