"""What every filter is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.shipper.event import Event, matcher
from sandbox.shipper.multiline import MultilineParser
from sandbox.shipper.parsers import Parser
from sandbox.shipper.settings import Settings


@dataclass(frozen=True)
class Context:
    """What sections refer to outside themselves.

    Attributes:
        parsers: By name.
        multiline_parsers: By name, with those that come with Fluent Bit.
        scripts: Lua scripts by file name.
        environment: What scripts see as FLB_ENV.
        multiline_limit: The most bytes that lines are joined to.
    """

    parsers: Mapping[str, Parser]
    multiline_parsers: Mapping[str, MultilineParser]
    scripts: Mapping[str, str]
    environment: Mapping[str, str]
    multiline_limit: int


class Filter(ABC):
    """One `[FILTER]` section.

    Attributes:
        emits: What it gives out enters the pipeline anew, as through an emitter of Fluent Bit, and passes it by.
    """

    emits = False

    def __init__(self, settings: Settings, context: Context) -> None:
        self.settings = settings
        self.context = context
        self.matches = matcher(settings)

    @abstractmethod
    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """What becomes of one event: nothing, itself, or several."""

    def due(self, now: float) -> Iterable[Event]:
        """What has waited long enough."""
        del now
        return ()

    def pending(self) -> Iterable[Event]:
        """The first events of what is held back."""
        return ()


def accessor(settings: Settings, key: str, text: str) -> list[str]:
    """The path of a record accessor: `$log`, `$kubernetes['pod_name']`."""
    parts = text.removeprefix("$").replace("]", "").split("[")
    if not parts[0] or any(part and part[0] not in "'\"" for part in parts[1:]):
        settings.fail(key, f"{text!r} is no record accessor that is known here")
    return [parts[0], *(part.strip("'\"") for part in parts[1:])]


def reach(record: object, path: list[str]) -> object:
    """The value at the end of `path`, or None."""
    for name in path:
        if not isinstance(record, dict):
            return None
        record = record.get(name)
    return record
