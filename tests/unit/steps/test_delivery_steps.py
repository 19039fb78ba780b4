"""Steps 4 and 5 say when their own delivery stream does not deliver, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.replicas import OneServer
from sandbox.steps import step04_s3, step05_opensearch
from sandbox.stores import Stores

FAULT = "opensearch: 3 documents: 503 busy"
OK = {"state": "ok", "reason": ""}
FAILING = {"state": "failing", "reason": FAULT}


class FakeStores(Stores):
    """Stores with a scripted Firehose, and nothing delivered yet."""

    streams: dict[str, Any]

    def json(self, url: str) -> Any:
        assert url == "http://firehose/_sandbox/health"
        return {"status": "ok", "streams": self.streams}

    def objects(self, prefix: str) -> Any:
        return iter(())

    def search(self, query: dict[str, Any]) -> dict[str, Any]:
        return {"hits": {"hits": []}}


def stores(**streams: Any) -> Stores:
    outputs = {"bucket_name": "b", "firehose_s3_name": "s3", "firehose_opensearch_name": "search"}
    made = FakeStores("r", "", "http://firehose", "", "", "", "", OneServer(""), OneServer(""), outputs, Path())
    vars(made)["streams"] = streams
    return made


def test_an_outage_of_opensearch_fails_step_5_alone() -> None:
    outage = stores(s3=OK, search=FAILING)
    assert step04_s3.S3().status(outage).state == "waiting"
    found = step05_opensearch.OpenSearch().status(outage)
    assert (found.state, found.evidence) == ("failing", f"search: {FAULT}")


def test_an_outage_of_s3_fails_step_4_alone() -> None:
    outage = stores(s3=FAILING, search=OK)
    assert step04_s3.S3().status(outage).state == "failing"
    assert step05_opensearch.OpenSearch().status(outage).state == "waiting"


@pytest.mark.parametrize("step", [step04_s3.S3(), step05_opensearch.OpenSearch()])
def test_a_delivery_stream_that_is_not_there_is_told(step: Any) -> None:
    found = step.status(stores())
    assert found.state == "failing"
    assert "there is no delivery stream" in found.evidence
