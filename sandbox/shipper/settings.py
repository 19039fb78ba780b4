"""Reads a section's keys with their units; a key that nobody asked for is an error that names it."""

from __future__ import annotations

import re
from typing import NoReturn

from sandbox.definitions.errors import DefinitionError
from sandbox.definitions.fluent_bit_classic import Property, Section

_TRUE = {"on", "true", "yes"}
_FALSE = {"off", "false", "no"}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)B?", re.IGNORECASE)
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)", re.IGNORECASE)
_SIZE_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_TIME_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
#: Keys of any plugin that change nothing about the records.
_ANY = ("name", "alias", "log_level", "log_suppress_interval")


class Settings:
    """The keys of one section, taken one by one; `done` refuses what was left."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self._taken = set(_ANY)
        self._known: list[str] = []

    def fail(self, key: str, problem: str, hint: str = "") -> NoReturn:
        """Refuse the section for what `key` says."""
        line = next((item.line for item in self.section.properties if item.key.lower() == key.lower()), None)
        raise self.section.error(problem, key=key, line=line, hint=hint)

    def all(self, key: str) -> list[Property]:
        """Every line of `key`, in order."""
        self._taken.add(key.lower())
        self._known.append(key)
        return [item for item in self.section.properties if item.key.lower() == key.lower()]

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it must be there."""
        found = self.all(key)
        if found and found[-1].value:
            return found[-1].value
        if default is None:
            raise self.section.error(f"{key} is missing")
        return default

    def words(self, key: str) -> list[str]:
        """Values separated by commas, over all lines of `key`."""
        return [word.strip() for item in self.all(key) for word in item.value.split(",") if word.strip()]

    def boolean(self, key: str, *, default: bool) -> bool:
        """On or Off."""
        value = self.text(key, "on" if default else "off").lower()
        if value not in _TRUE | _FALSE:
            self.fail(key, f"{value!r} is neither On nor Off")
        return value in _TRUE

    def only(self, key: str, supported: bool, default: bool | None = None) -> None:
        """A switch that this stand-in knows in one position only."""
        if self.boolean(key, default=supported if default is None else default) is not supported:
            self.fail(key, f"only {'On' if supported else 'Off'} can be honoured here")

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words, without case."""
        value = self.text(key, default).lower()
        if value not in choices:
            self.fail(key, f"{value!r} is none of {', '.join(choices)}")
        return value

    def integer(self, key: str, default: int, least: int = 0) -> int:
        """A whole number."""
        value = self.text(key, str(default))
        if not value.isdigit() or int(value) < least:
            self.fail(key, f"{value!r} is no whole number of at least {least}")
        return int(value)

    def size(self, key: str, default: str) -> int:
        """Bytes: `256K`, `8M`, `1MB`; False means no limit and is 0."""
        value = self.text(key, default)
        match = _SIZE.fullmatch(value)
        if match is None:
            if value.lower() in _FALSE:
                return 0
            self.fail(key, f"{value!r} is no size")
        return int(float(match.group(1)) * _SIZE_UNITS[match.group(2).upper()])

    def seconds(self, key: str, default: str, *, fraction: bool = False) -> float:
        """A time: `30`, `5m`; `fraction` says whether Fluent Bit reads what follows a point as one."""
        value = self.text(key, default)
        match = _TIME.fullmatch(value)
        if match is None or ("." in value and not fraction):
            self.fail(key, f"{value!r} is no time that Fluent Bit reads as meant", "whole seconds")
        return float(match.group(1)) * _TIME_UNITS[match.group(2).lower()]

    def ignored(self, *keys: str) -> None:
        """Keys that are right for Fluent Bit and mean nothing to this stand-in."""
        self._taken.update(key.lower() for key in keys)

    def done(self) -> None:
        """Refuse the first key that nothing here knows."""
        for item in self.section.properties:
            if item.key.lower() not in self._taken:
                hint = f"known: {', '.join(sorted(set(self._known), key=str.lower))}"
                raise self.section.error("is not a key that is known here", key=item.key, line=item.line, hint=hint)


def unknown_plugin(section: Section, known: list[str]) -> DefinitionError:
    """The error for a plugin that this stand-in does not have."""
    name = section.get("name")
    problem = f"plugin {name!r} is not supported" if name else "has no Name"
    return section.error(problem, hint=f"known: {', '.join(sorted(known))}")
