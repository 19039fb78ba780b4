"""Step 8, second half: the past incidents nearest to an error, from Milvus."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from cali_consumer.errors import SearchUnavailableError
from cali_consumer.observed import Observed

#: How many are looked at.
TOP = 5
_FIELDS = ["id", "service", "error_message", "cause", "resolution"]


class PastIncident(BaseModel):
    """A labelled incident of the past, and how near it is to the error at hand."""

    id: str
    service: str
    error_message: str
    cause: str
    resolution: str
    similarity: float


class PastIncidents:
    """The collection of past incidents; connects when needed, and anew after a failure.

    Args:
        uri: Milvus.
        collection: Name of the collection.
        timeout_s: How long one call may take.
        observed: Told whether it works.
    """

    def __init__(self, uri: str, collection: str, timeout_s: float, observed: Observed) -> None:
        self._uri = uri
        self._collection = collection
        self._timeout_s = timeout_s
        self._observed = observed
        self._lock = threading.Lock()
        self._client: Any = None

    def nearest(self, vector: list[float]) -> list[PastIncident]:
        """The nearest incidents, best first; raises SearchUnavailableError."""
        hits = self._call(
            lambda client: client.search(
                self._collection,
                data=[vector],
                limit=TOP,
                output_fields=_FIELDS,
                search_params={"metric_type": "COSINE"},
                timeout=self._timeout_s,
            )
        )
        return [
            PastIncident(
                **{field: str(hit["entity"].get(field) or "") for field in _FIELDS[1:]},
                id=str(hit["id"]),
                similarity=float(hit["distance"]),
            )
            for hit in (hits[0] if hits else ())
        ]

    def probe(self) -> None:
        """Ask whether the collection is there; raises SearchUnavailableError."""
        if not self._call(lambda client: client.has_collection(self._collection, timeout=self._timeout_s)):
            problem = f"there is no collection {self._collection}"
            self._observed.dependency("milvus", problem)
            raise SearchUnavailableError("milvus", problem)

    def _call(self, ask: Callable[[Any], Any]) -> Any:
        """Ask, and once more over a new connection: the server may have been restarted, or the collection made anew."""
        try:
            try:
                answer = self._ask(ask)
            except Exception:  # noqa: BLE001  pymilvus lets errors of grpc and its own through
                answer = self._ask(ask)
        except Exception as error:
            why = error.message if isinstance(error, MilvusException) else error
            self._observed.dependency("milvus", why)
            raise SearchUnavailableError("milvus", f"no search: {why}") from error
        self._observed.dependency("milvus")
        return answer

    def _ask(self, ask: Callable[[Any], Any]) -> Any:
        client = self._connected()
        try:
            return ask(client)
        except Exception:
            self._forget(client)
            raise

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                client = MilvusClient(uri=self._uri, timeout=self._timeout_s)
                try:
                    # A server that was restarted has the collection on disk, not in memory.
                    client.load_collection(self._collection, timeout=self._timeout_s)
                except Exception:
                    client.close()
                    raise
                self._client = client
            return self._client

    def _forget(self, client: Any) -> None:
        with self._lock:
            if client is not self._client:
                return
            self._client = None
        client.close()
