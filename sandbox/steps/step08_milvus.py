"""Step 8, Milvus: the past incidents nearest to an error."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class Milvus(Step):
    """Past incidents are searched."""

    number = 8
    name = "milvus"
    needs = ("aws", "milvus", "model", "consumer")
    # What no past incident explains is kept.
    uses = (Use("cali-consumer", "s3:*", "*/new_errors/[*]"),)

    def status(self, stores: Stores) -> Finding:
        """The consumer's last search."""
        status = stores.consumer_status()
        last = status["last"].get("search")
        if not last:
            return Finding("waiting", "no search yet")
        counters = status["counters"]
        seen = f"{counters.get('searched', 0)} searches, {counters.get('matched', 0)} matches"
        return Finding(
            "ok", f"{seen}; last {last.get('incident_id')} at {last.get('similarity')}", str(last.get("at", ""))
        )

    def trace(self, journey: Journey) -> Finding:
        """The past incident found for the record."""
        if skipped := journey.skipped_before_search():
            return skipped
        row = journey.ledger_row
        if not row or not row.get("searched_at"):
            return Finding("waiting", "not searched yet")
        if not row.get("incident_id"):
            return Finding("ok", f"no past incident is near enough (best {row.get('similarity')})", row["searched_at"])
        return Finding("ok", f"{row['incident_id']} at similarity {row['similarity']}", row["searched_at"])
