"""Whether a delivery stream does its work, and whose fault it is when it does not.

What fails outside of this process (the source, S3, OpenSearch) is said of the delivery stream that it concerns; what
fails inside is said of the whole process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: An error that is over before is a hiccup.
ERROR_GRACE_S = 5.0
#: How much longer than the buffering interval a record may wait for its delivery.
OVERDUE_S = 10.0
#: Where errors are those of other services.
_OUTSIDE = frozenset({"source", "s3", "opensearch"})


@dataclass
class Diagnosis:
    """What is wrong.

    Attributes:
        inside: What this process does not do as it should.
        outside: What other services keep it from.
    """

    inside: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """All of it in one line; empty when nothing is wrong."""
        return "; ".join(self.inside + self.outside)


def diagnose(
    dead: Iterable[str], errors: Mapping[str, Mapping[str, Any]], overdue_s: float, *, at_destination: bool
) -> Diagnosis:
    """Judge one delivery stream.

    Args:
        dead: The names of threads that ended though nobody stopped them.
        errors: The current errors by where they happen, with `message` and `for_s`.
        overdue_s: How much longer than the buffering interval the oldest record has been waiting here.
        at_destination: Whether an answer of the destination is being waited for.
    """
    found = Diagnosis(inside=[f"the thread '{name}' has ended" for name in dead])
    for where, error in errors.items():
        if error["for_s"] >= ERROR_GRACE_S:
            (found.outside if where in _OUTSIDE else found.inside).append(f"{where}: {error['message']}")
    if overdue_s > OVERDUE_S and not found.reason:
        late = f"records wait {overdue_s:.0f} s longer than the buffering interval"
        (found.outside if at_destination else found.inside).append(late)
    return found
