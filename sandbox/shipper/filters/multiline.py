"""`multiline`: joins lines of a tag that belong together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sandbox.shipper.event import Event
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.multiline import QUIET_S, Joiner, MultilineParser
from sandbox.shipper.settings import Settings

#: Fluent Bit refuses a shorter one.
LEAST_FLUSH_MS = 500


class Multiline(Filter):
    """Holds the lines of a record until the next one begins, or for Flush_Ms."""

    emits = True

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        settings.one_of("mode", ("parser",), "parser")
        settings.only("buffer", supported=True)
        flush_ms = settings.integer("flush_ms", 2000)
        if flush_ms < LEAST_FLUSH_MS:
            settings.fail("flush_ms", f"Fluent Bit refuses less than {LEAST_FLUSH_MS}")
        self._flush_s = flush_ms / 1000
        key = settings.text("multiline.key_content", "")
        self._parsers = [self._named(name, key) for name in settings.words("multiline.parser")]
        if not self._parsers:
            settings.fail("multiline.parser", "names no parser")
        settings.ignored("emitter_name", "emitter_storage.type", "emitter_mem_buf_limit", "debug_flush")
        self._streams: dict[str, list[Joiner]] = {}
        self._next_flush = 0.0

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """Whatever the event completes, and the event itself when no parser knows it."""
        joiners = self._streams.get(event.tag)
        if joiners is None:
            limit = self.context.multiline_limit
            joiners = self._streams[event.tag] = [Joiner(parser, limit) for parser in self._parsers]
        for joiner in joiners:
            complete = joiner.add(event, now)
            if complete is not None:
                return complete
        return [*itertools.chain.from_iterable(joiner.flush() for joiner in joiners), event]

    def due(self, now: float) -> Iterable[Event]:
        """At every Flush_Ms all that is pending, but for a record whose lines are still coming in."""
        if now < self._next_flush:
            return
        waiting = False
        for joiners in self._streams.values():
            for joiner in joiners:
                yield from joiner.flush(now - QUIET_S)
                waiting = waiting or any(joiner.pending())
        self._next_flush = now + (QUIET_S if waiting else self._flush_s)

    def pending(self) -> Iterable[Event]:
        """The first lines of records that are not complete."""
        for joiners in self._streams.values():
            for joiner in joiners:
                yield from joiner.pending()

    def _named(self, name: str, key: str) -> MultilineParser:
        parser = self.context.multiline_parsers.get(name)
        if parser is None:
            known = ", ".join(self.context.multiline_parsers)
            self.settings.fail("multiline.parser", f"no [MULTILINE_PARSER] is called {name!r}", f"known: {known}")
        return replace(parser, key_content=key, following={}) if key else parser
