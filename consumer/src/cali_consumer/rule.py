"""The alert rule: what becomes of a record once past incidents were searched, or could not be."""

from __future__ import annotations

from enum import StrEnum

from cali_consumer.record import Level


class Verdict(StrEnum):
    """What is done about an error."""

    FULL = "full"  # a past incident is near enough: analysis and full alert
    BASIC = "basic"  # nothing near enough: saved as a new error, basic alert
    DEGRADED = "degraded"  # the search is impossible: saved as a new error, basic alert that says why
    NOTHING = "nothing"  # a warning that nothing resembles
    LATER = "later"  # a warning that cannot be searched now: neither an alert nor silence would be right


def judge(level: Level, best: float | None, threshold: float) -> Verdict:
    """Apply the rule after a search that worked; `best` is None when it found nothing at all."""
    if best is not None and best >= threshold:
        return Verdict.FULL
    return Verdict.NOTHING if level is Level.WARN else Verdict.BASIC


def judge_unsearched(level: Level) -> Verdict:
    """Apply the rule when past incidents cannot be searched."""
    return Verdict.LATER if level is Level.WARN else Verdict.DEGRADED
