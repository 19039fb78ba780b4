"""Step 9: cause and action come from the past incident that is found, not from the error's kind."""

from __future__ import annotations

import json

from e2e.past_incidents import COLLECTION, some_incident
from e2e.pipeline import Pipeline
from e2e.waiting import eventually


def _blocks(pipeline: Pipeline, message: str) -> str:
    [sent] = pipeline.send(json.dumps({"level": "ERROR", "service": "swap", "message": message}))

    # The analysis may follow the alert when the model is slow: the last version of the message counts.
    def explained() -> str | None:
        alerts = pipeline.alerts_of(sent["record_id"])
        versions = [alerts[0]["blocks"], *(update["blocks"] for update in alerts[0]["updates"])] if alerts else []
        row = pipeline.ledger_row(sent["record_id"])
        return json.dumps(versions[-1]) if versions and row.get("analysis_source") == "model" else None

    return eventually(explained, "an alert with the model's analysis", within_s=45)


def test_another_cause_in_the_past_incident_is_another_cause_in_the_alert(pipeline: Pipeline) -> None:
    incident = some_incident(pipeline, 5)
    before = _blocks(pipeline, f"{incident['error_message']} once")
    changed = {
        **incident,
        "cause": "A gardener unplugged the rack to mow the lawn.",
        "resolution": "Lock the garden gate and label the plug.",
    }
    pipeline.milvus.upsert(COLLECTION, [changed])
    pipeline.milvus.flush(COLLECTION)
    try:
        after = _blocks(pipeline, f"{incident['error_message']} again")
    finally:
        pipeline.milvus.upsert(COLLECTION, [incident])
        pipeline.milvus.flush(COLLECTION)
    assert "gardener" not in before
    assert "gardener" in after
    assert "garden gate" in after
