"""Step 2: what `helm-values/fluent-bit.yaml` makes of a line, read from Kinesis."""

from __future__ import annotations

import json
from typing import Any

from e2e.pipeline import Pipeline
from e2e.waiting import eventually

_TRACEBACK = """2026-01-01 ERROR could not render the invoice
Traceback (most recent call last):
  File "/srv/invoice.py", line 7, in render
    return template[name]
KeyError: 'footer'"""


def _shipped(pipeline: Pipeline, sent: dict[str, str]) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        for record in pipeline.stream_records():
            try:
                document = json.loads(record["Data"])
            except ValueError:
                continue
            if (document.get("log_file"), document.get("time")) == (sent["log_file"], sent["time"]):
                return dict(document)
        return None

    return eventually(look, f"{sent['first_line']!r} in the stream")


def test_the_fields_of_a_json_line_win(pipeline: Pipeline) -> None:
    line = {
        "timestamp": "2026-01-01T00:00:00.123456789Z",
        "level": "INFO",
        "service": "cart",
        "message": "hi",
        "user": 7,
    }
    document = _shipped(pipeline, pipeline.send(json.dumps(line))[0])
    assert line.items() <= document.items()
    assert document["kubernetes"]["container_name"] == "sandbox-send"


def test_a_plain_line_is_a_record_too(pipeline: Pipeline) -> None:
    [sent] = pipeline.send("12:00:01 WARN disk is 91 % full", service="ledger")
    document = _shipped(pipeline, sent)
    assert document["message"] == "12:00:01 WARN disk is 91 % full"
    assert (document["level"], document["service"]) == ("WARN", "ledger")
    assert document["timestamp"] == sent["time"]


def test_a_line_without_a_level_word_is_info(pipeline: Pipeline) -> None:
    document = _shipped(pipeline, pipeline.send("listening on port 8080")[0])
    assert document["level"] == "INFO"


def test_a_stack_trace_is_one_record(pipeline: Pipeline) -> None:
    first = pipeline.send(_TRACEBACK, service="billing")[0]
    document = _shipped(pipeline, first)
    assert document["message"] == "2026-01-01 ERROR could not render the invoice"
    assert document["level"] == "ERROR"
    assert document["stack_trace"].rstrip("\n") == _TRACEBACK
