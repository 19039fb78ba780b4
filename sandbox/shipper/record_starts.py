"""Tells which lines of a container log begin a record, by the same values that the shipper executes."""

from __future__ import annotations

import re

from sandbox.definitions.fluent_bit import FluentBit
from sandbox.shipper.multiline import MultilineParser
from sandbox.shipper.multiline_parsers import BUILT_IN, read_parser


class RecordStarts:
    """Follows one stream of lines through the values' multi-line filters.

    Lines that a `rewrite_tag` rule takes out before them, as JSON lines are, are records of their own.
    """

    def __init__(self, definition: FluentBit) -> None:
        custom = (read_parser(section) for section in definition.of_kind("MULTILINE_PARSER"))
        known = {**BUILT_IN, **{parser.name: parser for parser in custom}}
        filters = definition.of_kind("FILTER")
        self._apart = [
            re.compile(rule.split()[1])
            for section in filters
            if section.get("name") == "rewrite_tag" and (rule := section.get("rule"))
        ]
        names = [(section.get("multiline.parser") or "") for section in filters if section.get("name") == "multiline"]
        self._parsers: list[MultilineParser] = [known[name] for name in names if name in known]
        self._states = [""] * len(self._parsers)

    def begins(self, line: str) -> bool:
        """Whether `line` begins a record; False when it carries on the one before it."""
        if any(pattern.search(line) for pattern in self._apart):
            return True
        for position, parser in enumerate(self._parsers):
            state = self._states[position]
            carrying = parser.next_rules(state) if state else ()
            carried = next((rule for rule in carrying if rule.pattern.search(line)), None)
            reached = carried or next((rule for rule in parser.starting() if rule.pattern.search(line)), None)
            self._states[position] = reached.target if reached else ""
            if carried:
                return False
        return True
