"""Step 9, OpenAI: cause and action, from the error and the past incidents."""

from __future__ import annotations

from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class OpenAI(Step):
    """The model explains matched errors."""

    number = 9
    name = "openai"
    needs = ("aws", "model", "consumer")

    def status(self, stores: Stores) -> Finding:
        """The consumer's last analysis."""
        status = stores.consumer_status()
        last = status["last"].get("analysis")
        if not last:
            return Finding("waiting", "no analysis yet")
        counters = status["counters"]
        late = counters.get("analysis_late", 0)
        return Finding("ok", f"{counters.get('analysed', 0)} analyses, {late} late", str(last.get("at", "")))

    def trace(self, journey: Journey) -> Finding:
        """The analysis of the record."""
        if skipped := journey.skipped_before_search():
            return skipped
        row = journey.ledger_row
        if row and row.get("searched_at") and not row.get("incident_id"):
            return Finding("skipped", "no past incident matched: the alert is a basic one")
        if not row or not row.get("analysed_at"):
            return Finding("waiting", "not analysed yet")
        return Finding("ok", f"analysis by {row.get('analysis_source')}", row["analysed_at"])
