"""`record_modifier`: sets fields, and removes or allows them."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.settings import Settings


class RecordModifier(Filter):
    """Removes what Remove_key names, or all that Allowlist_key does not, then adds the Record lines."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        self._add = [item.value.split(None, 1) for item in settings.all("record")]
        if any(len(pair) != 2 for pair in self._add):
            settings.fail("record", "is not a key and a value")
        self._remove = {item.value for item in settings.all("remove_key")}
        self._allow = {item.value for key in ("allowlist_key", "whitelist_key") for item in settings.all(key)}
        if self._remove and self._allow:
            settings.fail("remove_key", "cannot stand beside Allowlist_key")

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event with its fields changed."""
        del now
        for key in [k for k in event.record if k in self._remove or (self._allow and k not in self._allow)]:
            del event.record[key]
        event.record.update((key, value) for key, value in self._add)
        return (event,)
