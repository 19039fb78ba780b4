from __future__ import annotations

from typing import Any

import pytest
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from sandbox.knowledge import milvus
from sandbox.knowledge.errors import KnowledgeStoreError
from sandbox.knowledge.load import Incident, read
from sandbox.knowledge.threshold import Threshold

FITTED = Threshold(model="letters", threshold=0.5, dimension=2)


class Server:
    """What a Milvus server would keep, and the calls it got."""

    def __init__(self) -> None:
        self.properties: dict[str, str] | None = None
        self.rows: list[dict[str, Any]] = []
        self.calls: list[str] = []


class Client:
    """The part of MilvusClient that is used."""

    server: Server
    create_schema = staticmethod(MilvusClient.create_schema)
    prepare_index_params = staticmethod(MilvusClient.prepare_index_params)

    def __init__(self, uri: str, timeout: float) -> None:
        if "down" in uri:
            raise MilvusException(code=2, message="nobody there")

    def has_collection(self, name: str) -> bool:
        return self.server.properties is not None

    def describe_collection(self, name: str) -> dict[str, Any]:
        return {"properties": self.server.properties}

    def drop_collection(self, name: str) -> None:
        self.server.properties, self.server.rows = None, []

    def create_collection(self, name: str, schema: Any, index_params: Any, properties: dict[str, str]) -> None:
        self.server.properties = properties

    def insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        self.server.rows += rows
        self.server.calls.append("insert")

    def flush(self, name: str) -> None:
        self.server.calls.append("flush")

    def load_collection(self, name: str) -> None:
        self.server.calls.append("load")

    def query(self, name: str, **_: Any) -> list[dict[str, int]]:
        return [{"count(*)": len(self.server.rows)}]

    def close(self) -> None:
        pass


class Vectors:
    def __init__(self, base_url: str, api_key: str, model: str) -> None:
        assert base_url.endswith("/v1")

    def embed(self, messages: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] for _ in messages]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(Client, "server", server, raising=False)
    monkeypatch.setattr(milvus, "MilvusClient", Client)
    monkeypatch.setattr(milvus, "Embedder", Vectors)
    return server


@pytest.fixture(scope="module")
def incidents() -> list[Incident]:
    return read()[:5]


def load(incidents: list[Incident], fitted: Threshold = FITTED, address: str = "http://m") -> int:
    return milvus.load(address, "http://model", fitted, incidents=incidents)


def test_the_rows_have_the_fields_of_the_contract(server: Server, incidents: list[Incident]) -> None:
    assert load(incidents) == 5

    assert all(
        row.keys() == {"id", "embedding", "service", "error_message", "cause", "resolution", "timestamp"}
        for row in server.rows
    )
    assert server.rows[0]["timestamp"].endswith("Z")
    assert server.calls == ["insert", "flush", "load"]


def test_what_is_there_is_not_loaded_again(server: Server, incidents: list[Incident]) -> None:
    load(incidents)

    assert load(incidents) == 0
    assert server.calls.count("insert") == 1


def test_another_model_or_a_changed_incident_loads_anew(server: Server, incidents: list[Incident]) -> None:
    load(incidents)

    assert load(incidents, Threshold(model="other", threshold=0.5, dimension=2)) == 5
    changed = [incidents[0].model_copy(update={"cause": "another"}), *incidents[1:]]
    assert load(changed, Threshold(model="other", threshold=0.5, dimension=2)) == 5
    assert len(server.rows) == 5


def test_a_load_that_was_killed_is_done_again(server: Server, incidents: list[Incident]) -> None:
    load(incidents)
    server.rows.pop()

    assert load(incidents) == 5
    assert len(server.rows) == 5


def test_vectors_of_another_length_are_refused(server: Server, incidents: list[Incident]) -> None:
    with pytest.raises(KnowledgeStoreError, match="does not give vectors of 3 numbers"):
        load(incidents, Threshold(model="letters", threshold=0.5, dimension=3))
    assert server.properties is None


def test_a_store_that_is_down_is_named(server: Server, incidents: list[Incident]) -> None:
    with pytest.raises(KnowledgeStoreError, match="http://down: the incidents cannot be stored: nobody there"):
        load(incidents, address="http://down")
