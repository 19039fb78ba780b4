"""What a service prints: an entry of the catalogue, made into the lines of one log record."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from cali_log_generator import traces
from cali_log_generator.catalogue import Entry


@dataclass(frozen=True)
class Record:
    """A record before it has a time.

    Attributes:
        entry: What is said.
        message: It, with its placeholders filled.
        stack: The lines of its stack trace; empty without one.
        fields: What a JSON logger adds.
    """

    entry: Entry
    message: str
    stack: list[str]
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """How it is printed: json, plain, python or java."""
        service = self.entry.service
        if service.format == "json":
            return "json"
        return service.language if self.stack else "plain"

    @property
    def first_line(self) -> str:
        """The first line of the record's message, as the pipeline will see it."""
        return self.message if self.kind == "json" else self._plain_line()

    def lines(self, timestamp: str) -> list[str]:
        """Return what the container prints at `timestamp`."""
        if self.kind != "json":
            return [self._plain_line(), *self.stack]
        entry = self.entry
        body = {"timestamp": timestamp, "level": entry.level, "service": entry.service.name, "message": self.message}
        body |= self.fields
        if self.stack:
            body["stack_trace"] = "\n".join(self.stack)
        return [json.dumps(body, ensure_ascii=False)]

    def _plain_line(self) -> str:
        entry = self.entry
        if entry.service.language == "java":  # logback: %level %msg
            return f"{entry.level} {self.message}"
        # logging: "%(levelname)s: %(message)s", with Python's own names of two levels
        level = {"WARN": "WARNING", "FATAL": "CRITICAL"}.get(entry.level, entry.level)
        return f"{level}: {self.message}"


def make(entry: Entry, rng: random.Random) -> Record:
    """Fill an entry's placeholders and give it the stack trace it comes with."""
    stack: list[str] = []
    service = entry.service
    if entry.exception is not None:
        printer = traces.java if service.language == "java" else traces.python
        stack = printer(entry.exception.render(rng), service.package, entry.logger, rng)
    fields: dict[str, str] = {}
    if service.format == "json":
        fields = {"logger": entry.logger, "trace_id": f"{rng.getrandbits(128):032x}"}
    return Record(entry, entry.template.render(rng), stack, fields)
