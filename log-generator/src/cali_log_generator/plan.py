"""What to say, in which order: one seeded source of records for each lane, so that pace never changes content."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from cali_log_generator.catalogue import UNFAMILIAR, Catalogue, Entry
from cali_log_generator.errors import SettingError
from cali_log_generator.lanes import Lane
from cali_log_generator.records import Record, make
from cali_log_generator.settings import Mode, Settings

_LEVEL_WEIGHTS = {"INFO": 85, "DEBUG": 11, "WARN": 4}


class Plan:
    """Makes the lanes the settings ask for.

    Raises:
        SettingError: The settings ask for what the catalogue does not have.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings = settings
        _known("services", settings.services, set(catalogue.services))
        _known("families", settings.families, catalogue.families)
        self._errors = [
            entry
            for entry in catalogue.errors
            if entry.service.name in (settings.services or catalogue.services)
            and (entry.family or UNFAMILIAR) in (settings.families or catalogue.families)
        ]
        self._traffic = {
            level: [entry for entry in entries if entry.service.name in (settings.services or catalogue.services)]
            for level, entries in catalogue.traffic.items()
            if level in settings.background_levels
        }

    def lanes(self, start: float) -> list[Lane]:
        """Return the lanes, the first records due at `start`."""
        settings = self._settings
        if settings.mode is Mode.COUNT:
            return self._counted(start)
        if settings.error_rate is not None:
            lanes = [
                Lane(self._background(), settings.rate, start),
                Lane(self._any_error(), settings.error_rate, start),
            ]
        else:
            lanes = [Lane(self._mixed(), settings.rate, start)]
        if settings.mode is Mode.BURST:
            first = start + settings.burst_every
            lanes.append(Lane(self._storms(), 1 / settings.burst_every, first, settings.burst_size))
        return lanes

    def chosen_errors(self) -> list[Entry]:
        """Return the different errors of count mode, in the order of their first appearance."""
        settings = self._settings
        wanted = settings.distinct_errors
        if wanted is None:
            wanted = min(round(settings.count * settings.ratio), len(self._errors))
        if wanted > len(self._errors):
            raise SettingError(
                "CALI_LOG_DISTINCT_ERRORS", wanted, f"at most {len(self._errors)} (the families and services chosen)"
            )
        return self._rng("choice").sample(self._errors, wanted)

    def _counted(self, start: float) -> list[Lane]:
        settings = self._settings
        chosen = self.chosen_errors()
        if settings.error_rate is not None:
            return [
                Lane(self._background(settings.count - len(chosen)), settings.rate, start),
                Lane(self._each(chosen), settings.error_rate, start),
            ]
        return [Lane(self._interleaved(chosen), settings.rate, start)]

    def _interleaved(self, chosen: Sequence[Entry]) -> Iterator[Record]:
        """Yield `count` records, the errors spread over the whole of them, one at a random place in each stretch."""
        settings, rng, places = self._settings, self._rng("mixed"), self._rng("places")
        by_ratio = settings.distinct_errors is None or settings.error_ratio is not None
        total = max(len(chosen), round(settings.count * settings.ratio) if by_ratio else 0) if chosen else 0
        edges = [number * settings.count // total for number in range(total + 1)] if total else []
        at = [places.randrange(low, high) for low, high in itertools.pairwise(edges)]
        errors = iter(at)
        next_error, said = next(errors, -1), 0
        for position in range(settings.count):
            if position == next_error:
                yield make(chosen[said % len(chosen)], rng)
                next_error, said = next(errors, -1), said + 1
            else:
                yield make(self._background_entry(rng), rng)

    def _each(self, chosen: Sequence[Entry]) -> Iterator[Record]:
        rng = self._rng("errors")
        for entry in chosen:
            yield make(entry, rng)

    def _background(self, count: int | None = None) -> Iterator[Record]:
        rng = self._rng("background")
        while count is None or count > 0:
            yield make(self._background_entry(rng), rng)
            count = None if count is None else count - 1

    def _any_error(self) -> Iterator[Record]:
        rng = self._rng("errors")
        while self._errors:
            yield make(rng.choice(self._errors), rng)

    def _mixed(self) -> Iterator[Record]:
        rng = self._rng("mixed")
        while True:
            is_error = self._errors and rng.random() < self._settings.ratio
            yield make(rng.choice(self._errors) if is_error else self._background_entry(rng), rng)

    def _storms(self) -> Iterator[Record]:
        """Yield errors without end: `burst_size` of one family, then of another."""
        rng = self._rng("storms")
        by_family: dict[str, list[Entry]] = {}
        for entry in self._errors:
            by_family.setdefault(entry.family or UNFAMILIAR, []).append(entry)
        while by_family:
            family = by_family[rng.choice(sorted(by_family))]
            for _ in range(self._settings.burst_size):
                yield make(rng.choice(family), rng)

    def _background_entry(self, rng: random.Random) -> Entry:
        levels = list(self._traffic)
        entries = self._traffic[rng.choices(levels, [_LEVEL_WEIGHTS[name] for name in levels])[0]]
        return rng.choices(entries, [entry.weight for entry in entries])[0]

    def _rng(self, purpose: str) -> random.Random:
        return random.Random(f"{self._settings.seed}/{purpose}")  # noqa: S311 - variety, not secrecy


def _known(setting: str, asked: Sequence[str], known: set[str]) -> None:
    if unknown := set(asked) - known:
        raise SettingError(
            f"CALI_LOG_{setting.upper()}", ",".join(sorted(unknown)), f"some of {', '.join(sorted(known))}"
        )
