"""`nest`: moves fields under one, or out of it."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.settings import Settings


class Nest(Filter):
    """Operation nest gathers the fields of the Wildcards; Operation lift spreads the map Nested_under."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        self._lifts = settings.one_of("operation", ("nest", "lift"), settings.text("operation")) == "lift"
        self._wildcards = [item.value for item in settings.all("wildcard")]
        self._under = settings.text("nested_under" if self._lifts else "nest_under")
        self._add = settings.text("add_prefix", "")
        self._remove = settings.text("remove_prefix", "")

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event with its fields moved."""
        del now
        record = event.record
        if self._lifts:
            inner = record.get(self._under)
            if isinstance(inner, dict):
                del record[self._under]
                record.update((self._renamed(key), value) for key, value in inner.items())
            return (event,)
        chosen = [key for key in record if any(fnmatch.fnmatchcase(key, text) for text in self._wildcards)]
        if chosen:
            record[self._under] = {self._renamed(key): record.pop(key) for key in chosen}
        return (event,)

    def _renamed(self, key: str) -> str:
        return self._add + key.removeprefix(self._remove)
