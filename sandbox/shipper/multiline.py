"""Joins lines that belong together, as Fluent Bit's multi-line core does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.shipper.event import Event, Record

#: A group is flushed by the timer only when its last line is this old, so that a record being written is not cut.
QUIET_S = 0.02


@dataclass(frozen=True)
class Rule:
    """One rule of a regex parser: in one of `states` a line that matches leads to `target`."""

    states: frozenset[str]
    pattern: re.Pattern[str]
    target: str

    @property
    def starts(self) -> bool:
        """Whether it begins a record."""
        return "start_state" in self.states


@dataclass(frozen=True)
class MultilineParser:
    """How lines are joined.

    Attributes:
        name: What `multiline.parser` calls it.
        kind: By rules, or by how a value ends or what it equals.
        rules: Of a regex parser.
        match: The text of the other kinds.
        negate: Turns their match around.
        key_content: The field to join.
        key_group: The field that keeps interleaved records apart, such as the stream.
        key_pattern: The field that `match` is about, when it is not the content.
    """

    name: str
    kind: Literal["regex", "endswith", "equal"]
    rules: tuple[Rule, ...] = ()
    match: str = ""
    negate: bool = False
    key_content: str = "log"
    key_group: str = ""
    key_pattern: str = ""
    following: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def next_rules(self, state: str) -> tuple[Rule, ...]:
        """The rules that carry a record on from `state`."""
        rules = self.following.get(state)
        if rules is None:
            rules = tuple(rule for rule in self.rules if state in rule.states and not rule.starts)
            self.following[state] = rules
        return rules

    def starting(self) -> tuple[Rule, ...]:
        """The rules that begin a record."""
        return tuple(rule for rule in self.rules if rule.starts)

    def ends(self, state: str) -> bool:
        """Whether a record that reached `state` is complete."""
        return any(state in rule.states and rule.starts for rule in self.rules)


@dataclass(slots=True)
class Group:
    """A record in the making: the lines of one group of one stream."""

    first: Event | None = None
    parts: list[str] = field(default_factory=list)
    size: int = 0
    state: str = ""
    touched: float = 0.0


class Joiner:
    """One multi-line parser at work on one stream (a file, or a tag)."""

    def __init__(self, parser: MultilineParser, limit: int = 0) -> None:
        self.parser = parser
        self.limit = limit
        self.truncated = 0
        self._starting = parser.starting()
        self._groups: dict[str, Group] = {}

    def pending(self) -> Iterator[Event]:
        """The first events of what is not complete yet."""
        return (group.first for group in self._groups.values() if group.first is not None)

    def add(self, event: Event, now: float) -> list[Event] | None:
        """Take one event; returns what is complete, or None when no rule knows the line."""
        content = event.record.get(self.parser.key_content)
        if not isinstance(content, str):
            return None
        key = event.record.get(self.parser.key_group, "") if self.parser.key_group else ""
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group()
        if self.parser.kind == "regex":
            return self._by_rules(group, event, content, now)
        return self._by_match(group, event, content, now)

    def flush(self, older_than: float | None = None) -> list[Event]:
        """Give up waiting: everything pending, or what was last touched before `older_than`."""
        flushed: list[Event] = []
        for group in self._groups.values():
            if group.first is None:
                continue
            if older_than is None or (group.touched <= older_than and not group.first.file.behind):
                flushed += self._emit(group)
        return flushed

    def _by_rules(self, group: Group, event: Event, content: str, now: float) -> list[Event] | None:
        if group.state:
            for rule in self.parser.next_rules(group.state):
                if rule.pattern.search(content):
                    if group.parts and not group.parts[-1].endswith("\n"):
                        group.parts.append("\n")
                    return self._append(group, event, content or "\n", rule, now)
        for rule in self._starting:
            if rule.pattern.search(content):
                return self._emit(group) + self._append(group, event, content, rule, now)
        return None

    def _append(self, group: Group, event: Event, content: str, rule: Rule, now: float) -> list[Event]:
        if group.first is None:
            group.first = event
        group.touched = now
        group.state = rule.target
        room = self.limit - group.size if self.limit else len(content)
        group.parts.append(content[:room])
        group.size += len(content)
        if len(content) > room:
            self.truncated += 1
            group.state = ""
            return self._emit(group)
        return self._emit(group) if self.parser.ends(rule.target) else []

    def _by_match(self, group: Group, event: Event, content: str, now: float) -> list[Event]:
        value = event.record.get(self.parser.key_pattern, content) if self.parser.key_pattern else content
        text = str(value)
        found = text == self.parser.match if self.parser.kind == "equal" else text.endswith(self.parser.match)
        complete = found is not self.parser.negate
        if group.first is None:
            if complete:
                return [event]
            group.first = event
        group.touched = now
        group.parts.append(content)
        return self._emit(group) if complete else []

    def _emit(self, group: Group) -> list[Event]:
        first = group.first
        if first is None:
            return []
        if len(group.parts) > 1 or group.parts[0] != first.record.get(self.parser.key_content):
            record: Record = {**first.record, self.parser.key_content: "".join(group.parts)}
            first = Event(first.tag, first.time, record, first.file, first.start)
        group.first = None
        group.parts = []
        group.size = 0
        return [first]
