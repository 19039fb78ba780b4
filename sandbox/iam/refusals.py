"""Refusals that stand: which step needs what a role lacks, in one line that names role and action."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sandbox.iam.decisions import Decision

#: A refusal that nobody repeats is over: whoever needs an action asks again within half a minute.
_LASTS_S = 60.0

#: Where a role's policy is mended.
DEFINITION = "terraform/06-iam.tf"


@dataclass(frozen=True)
class Use:
    """What a step does under a role.

    Attributes:
        role: The role's name.
        action: An action, or a pattern of actions.
        resource: A pattern of the resource's ARN.
    """

    role: str
    action: str
    resource: str = "*"

    def covers(self, decision: Decision) -> bool:
        """Whether a decision was about this."""
        return (
            decision.role == self.role
            and fnmatchcase(decision.action, self.action)
            and fnmatchcase(decision.resource, self.resource)
        )


def standing(decisions: Iterable[Decision], now: float | None = None) -> list[Decision]:
    """The refusals that no allowance has ended, the longest-standing first."""
    since = (time.time() if now is None else now) - _LASTS_S
    found = [decision for decision in decisions if decision.denied_since and decision.denied_at > since]
    return sorted(found, key=lambda decision: decision.denied_since)


def told(decision: Decision) -> str:
    """A refusal in one line."""
    return (
        f"AccessDenied: role {decision.role} may not {decision.action} on {decision.resource} — "
        f"allow it in {DEFINITION}"
    )


def refused(uses: Iterable[Use], decisions: Iterable[Decision]) -> str:
    """Why something cannot do what it does, by the refusals that stand; empty when none does."""
    wanted = list(uses)
    return next((told(d) for d in standing(decisions) if any(use.covers(d) for use in wanted)), "")
