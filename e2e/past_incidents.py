"""The past incidents as the tests read and change them, through a Milvus client of their own."""

from __future__ import annotations

from typing import Any

from e2e.pipeline import Pipeline

COLLECTION = "cali_rag_collection"
FIELDS = ["id", "embedding", "service", "error_message", "cause", "resolution", "timestamp"]


def some_incident(pipeline: Pipeline, number: int) -> dict[str, Any]:
    """One of the loaded incidents, always the same for the same number."""
    pipeline.milvus.load_collection(COLLECTION)
    rows = pipeline.milvus.query(COLLECTION, filter='id != ""', output_fields=FIELDS, limit=1000)
    return dict(sorted(rows, key=lambda row: row["id"])[number])
