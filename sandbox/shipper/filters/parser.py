"""`parser`: makes fields of the text in one field."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.settings import Settings


class ParserFilter(Filter):
    """The first of its parsers that can read the text wins; if none can, the record stays as it is."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        self._key = settings.text("key_name")
        if self._key.startswith("$"):
            settings.fail("key_name", "a record accessor is not supported")
        self._reserve = settings.boolean("reserve_data", default=False)
        self._preserve = settings.boolean("preserve_key", default=False)
        self._parsers = []
        for item in settings.all("parser"):
            parser = context.parsers.get(item.value)
            if parser is None:
                settings.fail("parser", f"no [PARSER] is called {item.value!r}", f"known: {', '.join(context.parsers)}")
            self._parsers.append(parser)
        if not self._parsers:
            settings.fail("parser", "names no parser")

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event with its new fields; where both have a field, the one it had already stays."""
        del now
        text = event.record.get(self._key)
        if not isinstance(text, str):
            return (event,)
        for parser in self._parsers:
            parsed = parser.parse(text)
            if parsed is None:
                continue
            record, time = parsed
            kept = event.record
            if self._reserve:
                record.update({k: v for k, v in kept.items() if k != self._key or self._preserve})
            elif self._preserve:
                record[self._key] = text
            return (Event(event.tag, event.time if time is None else time, record, event.file, event.start),)
        return (event,)
