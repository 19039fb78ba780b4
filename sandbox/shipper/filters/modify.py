"""`modify`: renames, copies, sets and removes fields, under conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sandbox.definitions.fluent_bit_classic import Property
from sandbox.shipper.event import Event, Record
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.regex import compile_regex
from sandbox.shipper.settings import Settings

_Action = Callable[[Record], None]
_Test = Callable[[Record], bool]


def _rename(record: Record, old: str, new: str) -> None:
    if old in record and new not in record:
        record[new] = record.pop(old)


def _hard_rename(record: Record, old: str, new: str) -> None:
    if old in record:
        value = record.pop(old)
        record.pop(new, None)
        record[new] = value


def _copy(record: Record, old: str, new: str) -> None:
    if old in record and new not in record:
        record[new] = record[old]


def _hard_copy(record: Record, old: str, new: str) -> None:
    if old in record:
        record[new] = record[old]


def _add(record: Record, key: str, value: str) -> None:
    record.setdefault(key, value)


def _set(record: Record, key: str, value: str) -> None:
    record[key] = value


_PAIRS: Mapping[str, Callable[[Record, str, str], None]] = {
    "rename": _rename,
    "hard_rename": _hard_rename,
    "copy": _copy,
    "hard_copy": _hard_copy,
    "add": _add,
    "set": _set,
}


def _drop(record: Record, doomed: Callable[[str], object]) -> None:
    for key in [key for key in record if doomed(key)]:
        del record[key]


class Modify(Filter):
    """When all its conditions hold, its rules work in the order they stand."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        lines = [(item, _pair_action(settings, item, act)) for key, act in _PAIRS.items() for item in settings.all(key)]
        lines += [(item, _removal(item.value.__eq__)) for item in settings.all("remove")]
        for item in settings.all("remove_wildcard"):
            prefix = item.value.removesuffix("*")
            lines.append((item, _removal(lambda key, prefix=prefix: key.startswith(prefix))))  # type: ignore[misc]
        for item in settings.all("remove_regex"):
            lines.append((item, _removal(compile_regex(item.value, settings.section, item.key).search)))
        self._actions = [action for _, action in sorted(lines, key=lambda line: line[0].line)]
        self._tests = [_condition(settings, item) for item in settings.all("condition")]

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """The event with its fields changed."""
        del now
        record = event.record
        if all(test(record) for test in self._tests):
            for action in self._actions:
                action(record)
        return (event,)


def _pair_action(settings: Settings, item: Property, act: Callable[[Record, str, str], None]) -> _Action:
    first, _, second = item.value.partition(" ")
    second = second.strip()
    if not second:
        raise settings.section.error("needs two words", key=item.key, line=item.line)
    return lambda record: act(record, first, second)


def _removal(doomed: Callable[[str], object]) -> _Action:
    return lambda record: _drop(record, doomed)


def _condition(settings: Settings, item: Property) -> _Test:
    name, _, rest = item.value.partition(" ")
    name, rest = name.lower(), rest.strip()
    key, _, value = rest.partition(" ")
    if name in ("key_exists", "key_does_not_exist"):
        return lambda record: (rest in record) is (name == "key_exists")
    if name in ("key_value_equals", "key_value_does_not_equal"):
        wanted = name == "key_value_equals"
        return lambda record: key in record and (record[key] == value) is wanted
    if name in ("key_value_matches", "key_value_does_not_match"):
        pattern = compile_regex(value.strip(), settings.section, item.key)
        wanted = name == "key_value_matches"
        return lambda record: key in record and _found(pattern, record[key]) is wanted
    raise settings.section.error(f"condition {name!r} is not supported", key=item.key, line=item.line)


def _found(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.search(value) is not None
