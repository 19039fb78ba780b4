"""Step 8: looks an error up among past incidents and applies the alert rule."""

from __future__ import annotations

import logging

from cali_consumer.alert import Alert
from cali_consumer.clock import now_iso
from cali_consumer.embedding import Embedder
from cali_consumer.errors import SearchUnavailableError
from cali_consumer.observed import Observed
from cali_consumer.past_incidents import PastIncidents
from cali_consumer.rule import Verdict, judge, judge_unsearched

log = logging.getLogger(__name__)


class Lookup:
    """Decides what becomes of an error.

    Args:
        embedder: Makes its vector.
        past: The past incidents.
        threshold: From which similarity on one counts as the same; belongs to the embedding model.
        observed: Counts.
    """

    def __init__(self, embedder: Embedder, past: PastIncidents, threshold: float, observed: Observed) -> None:
        self._embedder = embedder
        self._past = past
        self._threshold = threshold
        self._observed = observed

    def decide(self, alert: Alert) -> Verdict:
        """Search, and write what was found and what follows from it into the alert."""
        try:
            incidents = self._past.nearest(self._embedder.embed(alert.message))
        except SearchUnavailableError as error:
            self._observed.count("search_failed")
            log.warning("past incidents cannot be searched", extra={"alert_key": alert.alert_key, "error": str(error)})
            alert.verdict = judge_unsearched(alert.level)
            alert.degraded = str(error)[:300]
            return alert.verdict
        best = incidents[0] if incidents else None
        alert.searched_at = now_iso()
        alert.incidents = incidents
        alert.degraded = None
        alert.similarity = best.similarity if best else None
        alert.verdict = judge(alert.level, alert.similarity, self._threshold)
        alert.incident_id = best.id if best and alert.matched else None
        alert.analysis_source = "incident" if alert.matched else "none"
        self._observed.count("searched")
        self._observed.count("matched" if alert.matched else "unmatched")
        self._observed.last(
            "search",
            similarity=round(best.similarity, 4) if best else None,
            incident_id=best.id if best else None,
            record_id=alert.record_id,
        )
        return alert.verdict
