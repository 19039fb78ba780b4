"""Loads the incidents into Milvus, once for each embedding model and state of the knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from sandbox.knowledge import load as incidents_of
from sandbox.knowledge.embedding import Embedder
from sandbox.knowledge.errors import KnowledgeStoreError
from sandbox.knowledge.load import Incident
from sandbox.knowledge.threshold import Threshold
from sandbox.provision.secrets import MODEL_KEY

COLLECTION = "cali_rag_collection"
_TIMEOUT_S = 30.0
_TEXT_BYTES = 16_384  # 4,000 characters of at most 4 bytes


def load(
    milvus: str, model: str, fitted: Threshold, *, api_key: str = MODEL_KEY, incidents: Sequence[Incident] | None = None
) -> int:
    """Make the collection hold exactly the incidents, embedded by the fitted model; return how many were written.

    Nothing is written when it holds them already. There must be no other writer.

    Args:
        milvus: Address of the vector store.
        model: Address of the server with OpenAI's API, without `/v1`.
        fitted: Whose model embeds.
        api_key: The key of that server.
        incidents: What to load; by default `knowledge/`.

    Raises:
        KnowledgeError: `knowledge/` cannot be read.
        KnowledgeStoreError: A server does not do its part.
    """
    incidents = incidents_of.read() if incidents is None else incidents
    # The marks are properties of the collection: made with it, they cannot outlive it.
    marks = {"cali.embedding_model": fitted.model, "cali.knowledge": incidents_of.digest(incidents)}
    client = None
    try:
        client = MilvusClient(uri=milvus, timeout=_TIMEOUT_S)
        if _holds(client, marks, len(incidents)):
            return 0
        embedder = Embedder(f"{model.rstrip('/')}/v1", api_key, fitted.model)
        vectors = embedder.embed([incident.error_message for incident in incidents])
        if {len(vector) for vector in vectors} != {fitted.dimension}:
            raise KnowledgeStoreError(model, f"{fitted.model} does not give vectors of {fitted.dimension} numbers")
        _write(client, marks, incidents, vectors)
    except MilvusException as error:
        raise KnowledgeStoreError(milvus, f"the incidents cannot be stored: {error.message}") from error
    finally:
        if client is not None:
            client.close()
    return len(incidents)


def _holds(client: MilvusClient, marks: dict[str, str], count: int) -> bool:
    """Tell whether a load with these marks was completed: a killed one leaves the marks, but not every row."""
    if not client.has_collection(COLLECTION):
        return False
    properties = client.describe_collection(COLLECTION).get("properties", {})
    if not marks.items() <= dict(properties).items():
        return False
    try:
        client.load_collection(COLLECTION)
        return _count(client) == count
    except MilvusException:
        # A kill amid the writing of an index leaves it unreadable (docs/durability.md): it is made anew.
        return False


def _count(client: MilvusClient) -> int:
    rows: list[dict[str, Any]] = client.query(
        COLLECTION, filter="", output_fields=["count(*)"], consistency_level="Strong"
    )
    return int(rows[0]["count(*)"])


def _write(
    client: MilvusClient, marks: dict[str, str], incidents: Sequence[Incident], vectors: Sequence[Sequence[float]]
) -> None:
    if client.has_collection(COLLECTION):
        client.drop_collection(COLLECTION)
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=len(vectors[0]))
    schema.add_field("service", DataType.VARCHAR, max_length=256)
    for name in ("error_message", "cause", "resolution"):
        schema.add_field(name, DataType.VARCHAR, max_length=_TEXT_BYTES)
    schema.add_field("timestamp", DataType.VARCHAR, max_length=64)
    index = MilvusClient.prepare_index_params()
    index.add_index("embedding", index_type="HNSW", metric_type="COSINE", params={"M": 16, "efConstruction": 200})
    client.create_collection(COLLECTION, schema=schema, index_params=index, properties=marks)
    rows = [_row(incident, vector) for incident, vector in zip(incidents, vectors, strict=True)]
    client.insert(COLLECTION, rows)
    client.flush(COLLECTION)
    client.load_collection(COLLECTION)


def _row(incident: Incident, vector: Sequence[float]) -> dict[str, Any]:
    return {
        "id": incident.id,
        "embedding": list(vector),
        "service": incident.service,
        "error_message": incident.error_message,
        "cause": incident.cause,
        "resolution": incident.resolution,
        "timestamp": incident.occurred_at.isoformat().replace("+00:00", "Z"),
    }
