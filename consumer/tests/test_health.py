from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from cali_consumer.health import HealthServer
from cali_consumer.observed import Observed


class Process:
    """What the server is told."""

    stuck: str | None = None
    unready: str | None = "starting"


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def url(process: Process, observed: Observed) -> Iterator[str]:
    server = HealthServer(
        "127.0.0.1",
        0,
        alive=lambda: process.stuck,
        ready=lambda: process.unready,
        status=observed.snapshot,
        registry=observed.registry,
    )
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_pages(url: str, process: Process, observed: Observed) -> None:
    assert get(f"{url}/healthz") == (200, '{"status": "ok"}')
    assert get(f"{url}/readyz") == (503, '{"status": "starting"}')
    process.unready, process.stuck = None, "stuck"
    assert get(f"{url}/readyz")[0] == 200
    assert get(f"{url}/healthz")[0] == 503
    assert get(f"{url}/secret")[0] == 404


def test_what_happened_is_shown(url: str, observed: Observed) -> None:
    observed.count("alerted", 2)
    observed.polled("shard-0", 7)
    observed.dependency("milvus", ConnectionError("refused\n  by peer"))
    status = json.loads(get(f"{url}/status")[1])
    assert status["counters"]["alerted"] == 2
    assert status["counters"]["rejected"] == 0
    assert status["shards"]["shard-0"]["millis_behind"] == 7
    assert status["dependencies"]["milvus"]["ok"] is False
    assert status["dependencies"]["milvus"]["error"] == "refused by peer"
    assert "cali_consumer_alerted_total 2.0" in get(f"{url}/metrics")[1]
