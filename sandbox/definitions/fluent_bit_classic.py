"""The classic configuration format of Fluent Bit: sections of indented `Key value` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.definitions.errors import DefinitionError

_HEADER = re.compile(r"\[([^\]]+)\]\s*")
_VARIABLE = re.compile(r"\$\{([^}:]+)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Property:
    """One line of a section.

    Attributes:
        key: As written; Fluent Bit compares keys without case.
        value: With its environment variables replaced.
        line: Its line number within the text it stands in.
    """

    key: str
    value: str
    line: int


@dataclass
class Section:
    """One section.

    Attributes:
        kind: Its name in capitals: INPUT, FILTER, MULTILINE_PARSER…
        file: The values file.
        place: Which text of the values it stands in, such as `config.filters`.
        line: Its line number there.
        properties: Its lines in order; a key may come more than once.
    """

    kind: str
    file: Path
    place: str
    line: int
    properties: list[Property] = field(default_factory=list)

    def get(self, key: str) -> str | None:
        """The last value of `key`, whatever its case."""
        values = [item.value for item in self.properties if item.key.lower() == key.lower()]
        return values[-1] if values else None

    @property
    def title(self) -> str:
        """What messages call it: `[FILTER] lua`."""
        name = self.get("name")
        return f"[{self.kind}] {name}" if name else f"[{self.kind}]"

    def error(self, problem: str, *, key: str = "", line: int | None = None, hint: str = "") -> DefinitionError:
        """What is wrong in this section, with its file, place and key."""
        where = f"{self.place} line {line or self.line}, {self.title}"
        return DefinitionError(self.file, f"{where} {key}".rstrip(), problem, hint=hint)


def translate(value: str, environment: Mapping[str, str], section: Section, key: str, line: int) -> str:
    """Replace `${NAME}` and `${NAME:-default}`; a name that is set nowhere is an error here, not an empty string."""

    def replaced(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2)
        found = environment.get(name)
        if found is None and default is None:
            raise section.error(f"environment variable {name} is not set", key=key, line=line)
        return found or default or ""

    return _VARIABLE.sub(replaced, value)


def parse(text: str, file: Path, place: str, environment: dict[str, str]) -> list[Section]:
    """Read the sections of `text`; `@SET name=value` adds to `environment` for what follows."""
    sections: list[Section] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        where = f"{place} line {number}"
        if raw.startswith("@"):
            command, _, rest = line.partition(" ")
            if command.upper() != "@SET" or "=" not in rest:
                raise DefinitionError(file, where, f"{command} is not supported here", hint="only @SET name=value is")
            name, _, value = rest.partition("=")
            environment[name.strip()] = value.strip()
        elif not raw[0].isspace():
            header = _HEADER.fullmatch(line)
            if header is None:
                raise DefinitionError(file, where, f"neither a [SECTION] nor an indented key: {line[:60]!r}")
            sections.append(Section(header.group(1).upper(), file, place, number))
        elif not sections:
            raise DefinitionError(file, where, f"{line.split()[0]} stands in no section")
        else:
            key, _, value = line.partition(" ")
            if not value.strip():
                raise sections[-1].error("has no value", key=key, line=number)
            translated = translate(value.strip(), environment, sections[-1], key, number)
            sections[-1].properties.append(Property(key, translated, number))
    return sections
