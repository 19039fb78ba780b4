"""`grep`: keeps or drops records by what a field matches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sandbox.definitions.fluent_bit_classic import Property
from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter, accessor, reach
from sandbox.shipper.regex import compile_regex
from sandbox.shipper.settings import Settings


class Grep(Filter):
    """Regex lines keep a record, Exclude lines drop it, in the order they stand; Logical_Op combines one kind."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        self._operator = settings.one_of("logical_op", ("legacy", "and", "or"), "legacy")
        lines = [(item, True) for item in settings.all("regex")] + [(item, False) for item in settings.all("exclude")]
        if self._operator != "legacy" and len({keep for _, keep in lines}) > 1:
            settings.fail("logical_op", "Regex and Exclude cannot be combined with it")
        self._rules = [(*self._rule(item), keep) for item, keep in sorted(lines, key=lambda line: line[0].line)]

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event, or nothing."""
        del now
        found = [(pattern.search(_text(reach(event.record, path))), keep) for path, pattern, keep in self._rules]
        if self._operator == "legacy":
            passes = all((match is not None) is keep for match, keep in found)
        else:
            combine = all if self._operator == "and" else any
            keep = self._rules[0][2] if self._rules else True
            passes = combine(match is not None for match, _ in found) is keep
        return (event,) if passes else ()

    def _rule(self, item: Property) -> tuple[list[str], re.Pattern[str]]:
        field, _, expression = item.value.partition(" ")
        pattern = compile_regex(expression.strip(), self.settings.section, item.key)
        return accessor(self.settings, item.key, field), pattern


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
