"""One alert in the hands of this process."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from cali_consumer.alert import Alert
from cali_consumer.analysis import Analysis
from cali_consumer.clock import now_iso
from cali_consumer.slack import Receipt

#: A request of a dead process may still be on its way; only then is the channel's history the truth.
RECONCILE_AFTER_S = 5.0


@dataclass
class Work:
    """An alert on its way to the chat.

    Attributes:
        alert: The alert.
        answer: The model's, now or later; None when none is needed.
        unresolved: Whether a send began whose outcome nobody knows.
        receipt: Where the message stands, once it does.
        shown_analysis: Whether the message that was sent had the analysis in it.
        plain: Whether the chat refused the blocks.
        attempts: How often it failed in a row.
    """

    alert: Alert
    answer: Future[Analysis] | None
    unresolved: bool = False
    receipt: Receipt | None = None
    shown_analysis: bool = False
    plain: bool = False
    attempts: int = 0

    def take_answer(self) -> bool:
        """Put the model's answer into the alert when it is there; whether the alert has one."""
        answer = self.answer
        came = answer is not None and answer.done() and not answer.cancelled() and answer.exception() is None
        if self.alert.analysis is None and answer is not None and came:
            self.alert.analysis = answer.result()
            self.alert.analysed_at = now_iso()
            self.alert.analysis_source = "model"
        return self.alert.analysis is not None
