"""Step 7: what is not a log record is set aside with its reason and its bytes, and the rest goes on."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from e2e.pipeline import STREAM, Pipeline
from e2e.waiting import eventually

_GOOD = {"timestamp": "2026-01-01T00:00:00Z", "service": "cart", "level": "INFO", "message": "m"}

_POISON = {
    "not JSON": b"{ broken",
    "an unknown level": json.dumps({**_GOOD, "level": "LOUD"}).encode(),
    "no message": json.dumps({k: v for k, v in _GOOD.items() if k != "message"}).encode(),
    "invalid UTF-8": b'{"message": "\xff\xfe"}',
    "a JSON list": b"[1, 2]",
}


@pytest.mark.parametrize("name", _POISON)
def test_a_poison_record_is_under_rejected_with_its_bytes(pipeline: Pipeline, name: str) -> None:
    # The tail makes the bytes of this run unmistakable without mending what is wrong with them.
    data = _POISON[name] + b" " * 7
    pipeline.kinesis.put_record(StreamName=STREAM, Data=data, PartitionKey=name)

    def look() -> dict[str, Any] | None:
        for key in pipeline.keys("rejected/dt="):
            rejection = json.loads(pipeline.body(key))
            if base64.b64decode(rejection["bytes_base64"]) == data:
                return dict(rejection)
        return None

    rejection = eventually(look, f"{name} under rejected/")
    assert rejection["reason"]
    [after] = pipeline.send('{"level": "INFO", "service": "cart", "message": "after the poison"}')
    assert pipeline.trace(after["record_id"], wait_s=20)[7]["state"] == "ok"
