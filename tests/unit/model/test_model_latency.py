from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.model.latency import LatencyDistribution


def test_the_promised_quantiles_are_drawn() -> None:
    distribution = LatencyDistribution(seed=7)
    cuts = statistics.quantiles((distribution.sample() for _ in range(50_000)), n=100)
    assert cuts[49] == pytest.approx(1.2, rel=0.02)
    assert cuts[94] == pytest.approx(2.5, rel=0.04)
    assert cuts[98] == pytest.approx(6.0, rel=0.08)


def test_the_budget_of_three_seconds_is_kept_by_at_least_92_percent() -> None:
    distribution = LatencyDistribution(seed=1)
    times = [distribution.sample() for _ in range(20_000)]
    assert sum(time <= 2.7 for time in times) / len(times) > 0.94


def test_a_seed_repeats_its_times() -> None:
    first, second = LatencyDistribution(seed=3), LatencyDistribution(seed=3)
    assert [first.sample() for _ in range(50)] == [second.sample() for _ in range(50)]
    assert first.sample() != LatencyDistribution(seed=4).sample()


@given(st.floats(0, 1), st.floats(0, 1))
def test_quantiles_never_fall(left: float, right: float) -> None:
    distribution = LatencyDistribution()
    low, high = sorted((left, right))
    assert distribution.quantile(low) <= distribution.quantile(high) * (1 + 1e-9)


@pytest.mark.parametrize("points", [((0, 1.0),), ((0, 1.0), (0.5, 2.0)), ((0, 2.0), (1, 1.0)), ((0, 0.0), (1, 1.0))])
def test_impossible_quantiles_are_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"quantiles|times"):
        LatencyDistribution(points)
