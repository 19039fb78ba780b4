"""`rewrite_tag`: sends records on under another tag."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sandbox.definitions.fluent_bit_classic import Property
from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter, accessor, reach
from sandbox.shipper.regex import compile_regex
from sandbox.shipper.settings import Settings

_VARIABLE = re.compile(r"\$(TAG(?:\[(\d+)\])?|[A-Za-z_]\w*(?:\['[^']+'\])*|\d)")


class RewriteTag(Filter):
    """The first Rule whose field matches decides: `$field regex new_tag keep`."""

    emits = True

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        self._rules = [self._rule(item) for item in settings.all("rule")]
        if not self._rules:
            settings.fail("rule", "is missing")
        settings.ignored("emitter_name", "emitter_storage.type", "emitter_mem_buf_limit")

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event, its copy under the new tag, or both."""
        del now
        for path, pattern, tag, keep in self._rules:
            value = reach(event.record, path)
            match = pattern.search(value) if isinstance(value, str) else None
            if match is not None:
                renamed = Event(_expand(tag, event, match), event.time, event.record, event.file, event.start)
                return (event, renamed) if keep else (renamed,)
        return (event,)

    def _rule(self, item: Property) -> tuple[list[str], re.Pattern[str], str, bool]:
        parts = item.value.split()
        if len(parts) != 4 or parts[3].lower() not in ("true", "false"):
            self.settings.fail("rule", f"{item.value!r} is not `$field regex new_tag true|false`")
        pattern = compile_regex(parts[1], self.settings.section, item.key)
        return accessor(self.settings, item.key, parts[0]), pattern, parts[2], parts[3].lower() == "true"


def _expand(template: str, event: Event, match: re.Match[str]) -> str:
    def replaced(variable: re.Match[str]) -> str:
        name, part = variable.groups()
        if name == "TAG":
            return event.tag
        if part is not None:
            pieces = event.tag.split(".")
            return pieces[int(part)] if int(part) < len(pieces) else ""
        if name.isdigit():
            return (match.group(int(name)) or "") if int(name) <= match.re.groups else ""
        path = [piece.strip("'") for piece in name.replace("]", "").split("[")]
        return str(reach(event.record, path) or "")

    return _VARIABLE.sub(replaced, template)
