from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import latency

_VALUES = st.lists(st.floats(0, 100, allow_nan=False), min_size=1)


@given(_VALUES, st.floats(0.01, 1.0))
def test_at_least_the_share_does_not_exceed_its_percentile(values: list[float], share: float) -> None:
    found = latency.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_nanoseconds_and_zones_are_read() -> None:
    message = {
        "received_at": "2026-01-01T00:00:03.500000+00:00",
        "metadata": {"event_payload": {"log_time": "2026-01-01T09:00:01.250000999+09:00"}},
    }
    assert latency.of_messages([message, {"received_at": "2026-01-01T00:00:00Z"}]) == [pytest.approx(2.25)]


def test_no_alert_has_no_percentiles() -> None:
    assert latency.summarise([]) == latency.Latency(0, None, None, None)
