from __future__ import annotations

import pytest

from sandbox.errors import UsageError
from sandbox.services.slack import asked_rate


def test_slack_keeps_its_own_pace_unless_another_is_asked_for() -> None:
    assert asked_rate({}) is None
    assert asked_rate({"CALI_SLACK_RATE": ""}) is None
    assert asked_rate({"CALI_SLACK_RATE": "50"}) == "50"


@pytest.mark.parametrize("value", ["fast", "0", "-1", "nan", "inf", "5000"])
def test_a_pace_that_is_none_is_named(value: str) -> None:
    with pytest.raises(UsageError, match="CALI_SLACK_RATE"):
        asked_rate({"CALI_SLACK_RATE": value})
