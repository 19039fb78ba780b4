"""Inputs, filters and outputs as the values put them together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from sandbox.definitions.fluent_bit import PARSERS_FILE, FluentBit
from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.counters import Counters
from sandbox.shipper.event import Event
from sandbox.shipper.filters import read_filter
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.multiline import MultilineParser
from sandbox.shipper.multiline_parsers import BUILT_IN
from sandbox.shipper.multiline_parsers import read_parser as read_multiline_parser
from sandbox.shipper.outputs import read_output
from sandbox.shipper.outputs.base import Output, RetryPolicy
from sandbox.shipper.parsers import read_parser
from sandbox.shipper.service import ServiceSettings, read_service
from sandbox.shipper.settings import Settings, unknown_plugin
from sandbox.shipper.tail.input import TailInput
from sandbox.shipper.tail.settings import read_settings
from sandbox.shipper.tail.tracked import TrackedFile


class Pipeline:
    """Everything that the values describe, ready to run.

    Raises:
        DefinitionError: Something in the values is not known here.
    """

    def __init__(self, definition: FluentBit, counters: Counters) -> None:
        self.counters = counters
        sections = definition.of_kind("SERVICE")
        self.service = read_service(sections[0]) if sections else ServiceSettings()
        _check_parsers_file(self.service, definition.of_kind("PARSER") + definition.of_kind("MULTILINE_PARSER"))
        context = Context(
            parsers=dict(read_parser(section) for section in definition.of_kind("PARSER")),
            multiline_parsers={**BUILT_IN, **_custom(definition.of_kind("MULTILINE_PARSER"))},
            scripts=definition.scripts,
            environment=definition.environment,
            multiline_limit=self.service.multiline_limit,
        )
        policy = RetryPolicy(self.service.retry_base_s, self.service.retry_cap_s)
        self.filters: list[Filter] = [read_filter(section, context) for section in definition.of_kind("FILTER")]
        self.outputs: list[Output] = [
            read_output(section, counters, policy) for section in definition.of_kind("OUTPUT")
        ]
        self.inputs = [_input(section, context, counters) for section in definition.of_kind("INPUT")]
        self.memory_bytes = sum(item.settings.memory_bytes for item in self.inputs)

    def accept(self, events: Iterable[Event], now: float) -> int:
        """Run events through all filters into the outputs; returns the bytes that the outputs now hold more."""
        size = 0
        for event in events:
            self.counters.records_in += 1
            size += self._run(event, 0, frozenset(), now)
        return size

    def due(self, now: float) -> int:
        """Send on what filters held back long enough."""
        size = 0
        for position, item in enumerate(self.filters):
            for event in item.due(now):
                size += self._run(event, 0, frozenset((position + 1,)), now)
        return size

    def held(self) -> dict[TrackedFile, int]:
        """The earliest byte of each file that a filter holds back."""
        starts: dict[TrackedFile, int] = {}
        for item in self.filters:
            for event in item.pending():
                starts[event.file] = min(event.start, starts.get(event.file, event.start))
        return starts

    def _run(self, event: Event, position: int, passed: frozenset[int], now: float) -> int:
        while position < len(self.filters):
            item = self.filters[position]
            position += 1
            if position in passed or not item.matches(event.tag):
                continue
            results = item.apply(event, now)
            if len(results) == 1 and (results[0] is event or not item.emits):
                event = results[0]
                continue
            if not results and not item.emits:
                self.counters.filtered += 1
            if not item.emits:
                return sum(self._run(result, position, passed, now) for result in results)
            # What an emitter sends on begins anew, but passes by the filter that it came from.
            again = passed | {position}
            return sum(
                self._run(result, position, passed, now) if result is event else self._run(result, 0, again, now)
                for result in results
            )
        return sum(output.take(event) for output in self.outputs if output.matches(event.tag))


def _custom(sections: list[Section]) -> dict[str, MultilineParser]:
    parsers = (read_multiline_parser(section) for section in sections)
    return {parser.name: parser for parser in parsers}


def _input(section: Section, context: Context, counters: Counters) -> TailInput:
    if (section.get("name") or "").lower() != "tail":
        raise unknown_plugin(section, ["tail"])
    return TailInput(read_settings(Settings(section), context), counters)


def _check_parsers_file(service: ServiceSettings, sections: list[Section]) -> None:
    """Without its Parsers_File line, Fluent Bit would not know the custom parsers."""
    files = {PurePosixPath(name).name for name in service.parsers_files}
    if sections and PARSERS_FILE not in files:
        raise sections[0].error(f"is never read: [SERVICE] has no Parsers_File {PARSERS_FILE}")
