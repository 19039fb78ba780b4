"""What the stores hold of the log lines, read by clients of the tests' own; each object of S3 is read once."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from typing import Any

import httpx

from e2e.pipeline import Pipeline, payload

_PAGE = 2000
_FIRST_LINE = 256


def record_id(document: dict[str, Any]) -> str:
    """The record id by the contract (contracts/record-id.json): log file, CRI time, start of the first line."""
    message = document.get("message")
    first = (message if isinstance(message, str) else "").split("\n", 1)[0][:_FIRST_LINE]
    text = f"{document.get('log_file') or ''}\n{document.get('time') or ''}\n{first}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Evidence:
    """The records in S3, OpenSearch and Slack.

    Args:
        pipeline: The sandbox.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._objects: dict[str, list[dict[str, Any]]] = {}

    def s3(self) -> list[dict[str, Any]]:
        """Every record under raw/, as often as it is there; lines that are no JSON object are left out."""
        for key in self._pipeline.keys("raw/dt="):
            if key not in self._objects:
                lines = gzip.decompress(self._pipeline.body(key)).split(b"\n")
                self._objects[key] = [d for line in lines if line and (d := _object(line)) is not None]
        return [document for documents in self._objects.values() for document in documents]

    def opensearch(self) -> list[dict[str, Any]]:
        """Every document of the daily indices."""
        base = self._pipeline.endpoint("opensearch")
        with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
            client.post("/cali-logs-*/_refresh").raise_for_status()
            query = {"size": _PAGE, "sort": ["_doc"]}
            page = client.post("/cali-logs-*/_search?scroll=1m", json=query).raise_for_status().json()
            found: list[dict[str, Any]] = []
            while page["hits"]["hits"]:
                found += [hit["_source"] for hit in page["hits"]["hits"]]
                more = {"scroll": "1m", "scroll_id": page["_scroll_id"]}
                page = client.post("/_search/scroll", json=more).raise_for_status().json()
            client.request("DELETE", "/_search/scroll", json={"scroll_id": page["_scroll_id"]})
        return found

    def alerts(self) -> Counter[str]:
        """How many messages Slack took for each record."""
        return Counter(str(payload(message).get("record_id")) for message in self._pipeline.alerts())


def counted(documents: list[dict[str, Any]]) -> Counter[str]:
    """How often each record is there."""
    return Counter(record_id(document) for document in documents)


def of_line(documents: list[dict[str, Any]], log_file: str, time: str) -> list[dict[str, Any]]:
    """The records of one log line."""
    return [d for d in documents if d.get("log_file") == log_file and d.get("time") == time]


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):  # nested too deeply
        return None
    return document if isinstance(document, dict) else None
