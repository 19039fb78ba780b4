from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from cali_log_generator.catalogue import Catalogue
from cali_log_generator.errors import SettingError
from cali_log_generator.lanes import Lane
from cali_log_generator.plan import Plan
from cali_log_generator.records import Record
from cali_log_generator.settings import Settings

Make = Callable[..., Settings]


def drain(lane: Lane, at_most: int = 100_000) -> list[Record]:
    return list(itertools.islice(lane._records, at_most))


def keys(records: list[Record]) -> list[str]:
    return [record.entry.key for record in records if record.entry.key is not None]


def test_count_mode_is_exact(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(mode="count", count=5000, distinct_errors=250), everything).lanes(0)

    records = drain(lane)

    assert len(records) == 5000
    assert len(keys(records)) == len(set(keys(records))) == 250


def test_errors_beyond_the_distinct_ones_repeat_them(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(mode="count", count=1000, distinct_errors=7, error_ratio=0.1), everything).lanes(0)

    seen = Counter(keys(drain(lane)))

    assert len(seen) == 7
    assert sum(seen.values()) == 100
    assert max(seen.values()) - min(seen.values()) <= 1


def test_no_errors_can_be_asked_for(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(mode="count", count=50, distinct_errors=0), everything).lanes(0)

    records = drain(lane)

    assert len(records) == 50
    assert keys(records) == []


def test_errors_are_spread_over_the_whole_run(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(mode="count", count=1000, distinct_errors=10), everything).lanes(0)

    places = [number // 100 for number, record in enumerate(drain(lane)) if record.entry.key]

    assert places == list(range(10))


def test_equal_seeds_say_the_same_and_others_do_not(everything: Catalogue, settings: Make) -> None:
    def said(seed: int) -> list[str]:
        [lane] = Plan(settings(mode="count", count=300, distinct_errors=40, seed=seed), everything).lanes(0)
        return [record.message for record in drain(lane)]

    assert said(1) == said(1) != said(2)


def test_an_error_rate_gives_errors_a_lane_of_their_own(everything: Catalogue, settings: Make) -> None:
    asked = settings(
        mode="count", count=430, distinct_errors=30, error_rate=1, background_levels="INFO", families="timeouts"
    )

    background, errors = Plan(asked, everything).lanes(0)

    calm, storm = drain(background), drain(errors)
    assert {record.entry.level for record in calm} == {"INFO"}
    assert len(calm) == 400
    assert len(set(keys(storm))) == len(storm) == 30
    assert {record.entry.family for record in storm} == {"timeouts"}


def test_paced_mode_keeps_its_ratio(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(error_ratio=0.2), everything).lanes(0)

    assert len(keys(drain(lane, 5000))) == pytest.approx(1000, rel=0.15)


def test_a_storm_is_of_one_family(everything: Catalogue, settings: Make) -> None:
    _, storms = Plan(settings(mode="burst", burst_size=50), everything).lanes(0)

    first, second = drain(storms, 50), drain(storms, 50)

    assert len({record.entry.family for record in first}) == len({record.entry.family for record in second}) == 1


def test_services_can_be_chosen(everything: Catalogue, settings: Make) -> None:
    [lane] = Plan(settings(mode="count", count=200, services="orders,auth"), everything).lanes(0)

    assert {record.entry.service.name for record in drain(lane)} == {"orders", "auth"}


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"families": "timeouts,gremlins"}, "CALI_LOG_FAMILIES"),
        ({"services": "printer"}, "CALI_LOG_SERVICES"),
        ({"mode": "count", "count": 5000, "distinct_errors": 1000}, "CALI_LOG_DISTINCT_ERRORS"),
    ],
)
def test_what_the_catalogue_lacks_is_refused_by_name(
    everything: Catalogue, settings: Make, values: dict[str, object], variable: str
) -> None:
    with pytest.raises(SettingError, match=variable):
        Plan(settings(**values), everything).lanes(0)
