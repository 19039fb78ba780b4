"""Step 8: the past incident nearest to an error, searched by the test itself, is the one the alert names."""

from __future__ import annotations

import json

from e2e.past_incidents import COLLECTION, some_incident
from e2e.pipeline import Pipeline, payload
from e2e.waiting import eventually


def test_the_knowledge_is_loaded_whole(pipeline: Pipeline) -> None:
    [count] = pipeline.milvus.query(COLLECTION, filter="", output_fields=["count(*)"])
    assert count["count(*)"] >= 40


def test_the_alert_names_the_nearest_incident(pipeline: Pipeline) -> None:
    incident = some_incident(pipeline, 3)
    message = f"{incident['error_message']}, seen by the night shift"
    model = pipeline.milvus_embedding_model()
    vector = pipeline.model.embeddings.create(model=model, input=[message]).data[0].embedding
    pipeline.milvus.load_collection(COLLECTION)
    nearest = pipeline.milvus.search(COLLECTION, data=[vector], limit=5, output_fields=["id"])[0][0]

    [sent] = pipeline.send(json.dumps({"level": "ERROR", "service": "night", "message": message}))
    [alert] = eventually(lambda: pipeline.alerts_of(sent["record_id"]), "the alert")
    assert payload(alert)["record_id"] == sent["record_id"]
    assert nearest["entity"]["id"] in json.dumps(alert["blocks"])
