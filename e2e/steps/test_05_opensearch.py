"""Step 5: Firehose indexes every record in the index of its day."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx

from e2e.pipeline import Pipeline
from e2e.waiting import eventually


def test_a_sent_line_is_found_in_todays_index_with_its_timestamp_kept(pipeline: Pipeline) -> None:
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")
    line = {"timestamp": timestamp, "level": "INFO", "service": "cart", "message": "for the dashboards"}
    [sent] = pipeline.send(json.dumps(line))
    hits = eventually(lambda: pipeline.opensearch({"query": {"term": {"time": sent["time"]}}}), "the document")
    assert hits[0]["_index"] == f"cali-logs-{datetime.now(UTC):%Y-%m-%d}"
    assert hits[0]["_source"]["timestamp"] == timestamp


def test_nanoseconds_order_documents(pipeline: Pipeline) -> None:
    day = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    lines = [
        {"timestamp": f"{day}.00000000{n}Z", "level": "INFO", "message": f"ns {n}", "service": "order"}
        for n in (3, 1, 2)
    ]
    pipeline.send(*map(json.dumps, lines))
    query = {"query": {"term": {"service": "order"}}, "sort": [{"timestamp": "asc"}]}
    hits = eventually(lambda: h if len(h := pipeline.opensearch(query)) == 3 else None, "three documents")
    assert [hit["_source"]["message"] for hit in hits] == ["ns 1", "ns 2", "ns 3"]


def test_the_template_maps_timestamp_as_date_nanos(pipeline: Pipeline) -> None:
    answer = httpx.get(f"{pipeline.endpoint('opensearch')}/cali-logs-*/_mapping", trust_env=False).json()
    mappings = [index["mappings"]["properties"]["timestamp"]["type"] for index in answer.values()]
    assert set(mappings) == {"date_nanos"}
