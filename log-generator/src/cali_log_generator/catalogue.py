"""The catalogue: services, the errors of each family, and ordinary traffic, read from the YAML beside this module."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from cali_log_generator.errors import CatalogueError
from cali_log_generator.values import Template, Values

#: The name, in settings, of the errors that belong to no family.
UNFAMILIAR = "unfamiliar"
#: Of four errors whose language has stack traces, three come with one.
_TRACED = 0.75


@dataclass(frozen=True)
class Service:
    """One of the shop's services: its language, what its container prints, and its loggers."""

    name: str
    language: str
    format: str
    loggers: tuple[str, ...]
    package: str


@dataclass(frozen=True)
class Entry:
    """One thing a service can say. `key` and `exception` belong to errors alone."""

    service: Service
    level: str
    template: Template
    logger: str
    family: str | None = None
    key: str | None = None
    exception: Template | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Catalogue:
    """All that can be said."""

    services: Mapping[str, Service]
    errors: Sequence[Entry]
    traffic: Mapping[str, Sequence[Entry]]  # by level

    @property
    def families(self) -> set[str]:
        """The families' names, with `unfamiliar` for the errors that have none."""
        return {entry.family or UNFAMILIAR for entry in self.errors}


def load(values: Values) -> Catalogue:
    """Read the whole catalogue.

    Raises:
        CatalogueError: A file says something that cannot be followed; it names the entry.
    """
    data = files("cali_log_generator") / "data"
    services = {
        name: Service(name, item["language"], item["format"], tuple(item["loggers"]), item.get("package", name))
        for name, item in _read(data / "services.yaml").items()
    }
    errors: list[Entry] = []
    for path in sorted((data / "errors").iterdir(), key=lambda item: item.name):
        errors += _family(_read(path), path.name.removesuffix(".yaml"), services, values)
    return Catalogue(services, errors, _traffic(_read(data / "traffic.yaml"), services, values))


def _read(path: Traversable) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise CatalogueError(path.name, "not a mapping")
    return document


def _family(document: dict[str, Any], name: str, services: Mapping[str, Service], values: Values) -> list[Entry]:
    entries = []
    for service_name, messages in document["errors"].items():
        if service_name not in services:
            raise CatalogueError(f"{name}.yaml", f"unknown service {service_name}")
        service = services[service_name]
        exceptions: list[str] = document["exceptions"].get(service.language, [])
        for slug, item in messages.items():
            key = f"{name}/{service_name}/{slug}"
            # Seeded by the key alone: whatever the run's seed, an error keeps its logger and its words.
            own = random.Random(key)  # noqa: S311 - variety, not secrecy
            message = item if isinstance(item, str) else item["message"]
            logger = own.choice(service.loggers)
            exception = None
            if exceptions and own.random() < _TRACED:
                exception = Template(own.choice(exceptions), values, words=own, where=key)
            entries.append(
                Entry(
                    service=service,
                    level="ERROR" if isinstance(item, str) else item["level"],
                    template=Template(message, values, words=own, where=key),
                    logger=logger,
                    family=document["family"],
                    key=key,
                    exception=exception,
                )
            )
    return entries


def _traffic(document: dict[str, Any], services: Mapping[str, Service], values: Values) -> dict[str, Sequence[Entry]]:
    by_level: dict[str, list[Entry]] = {}
    for service_name, levels in document.items():
        service = services[service_name]
        for level, messages in levels.items():
            for number, item in enumerate(messages):
                message, weight = (item, 1.0) if isinstance(item, str) else (item["message"], float(item["weight"]))
                where = f"traffic/{service_name}/{level}/{number}"
                # A WARN may become an alert, so it keeps its words as errors do.
                words = random.Random(where) if level == "WARN" else None  # noqa: S311 - variety, not secrecy
                template = Template(message, values, words=words, where=where)
                logger = service.loggers[number % len(service.loggers)]
                by_level.setdefault(level, []).append(Entry(service, level, template, logger, weight=weight))
    return dict(by_level)
