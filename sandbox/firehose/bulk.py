"""Bulk requests and what their answers mean, without any I/O.

"Understand data delivery in Amazon Data Firehose": records must be UTF-8 and single-line JSON objects; the
index is named per record; the document id is generated, and stable over all attempts (DocumentIdOptions).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.firehose.records import Record

MAX_BYTES = 5 * 1024 * 1024  # well under the 10 MiB that the smallest OpenSearch Service instances take
MAX_DOCUMENTS = 5000
_MALFORMED = (
    "One or more records are malformed. Ensure that each record is single valid JSON object"
    " and that it does not contain newlines."
)


@dataclass(slots=True)
class Document:
    """A record on its way into an index."""

    record: Record
    index: str
    document_id: str | None
    type_name: str = ""
    attempts: int = 0
    code: str = ""
    message: str = ""

    def malformed(self) -> bool:
        """Say whether the record is no single-line JSON object; if so, note it as the error."""
        body = self.record.data.rstrip()
        try:
            bad = b"\n" in body or b"\r" in body or not isinstance(json.loads(body.decode("utf-8")), dict)
        except (ValueError, RecursionError):
            bad = True
        if bad:
            self.code, self.message = "OS.MalformedData", _MALFORMED
        return bad

    def lines(self) -> bytes:
        """Return the action and the document as `_bulk` takes them."""
        action = {"_index": self.index}
        if self.type_name:
            action["_type"] = self.type_name
        if self.document_id is not None:
            action["_id"] = self.document_id
        return json.dumps({"index": action}).encode() + b"\n" + self.record.data.rstrip() + b"\n"


@dataclass(slots=True)
class Outcome:
    """Every document of a request, in exactly one of three lists."""

    accepted: list[Document] = field(default_factory=list)
    retry: list[Document] = field(default_factory=list)
    refused: list[Document] = field(default_factory=list)


def chunks(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Split documents into requests of bounded size, keeping their order."""
    chunk: list[Document] = []
    size = 0
    for document in documents:
        length = len(document.record.data)
        if chunk and (size + length > MAX_BYTES or len(chunk) >= MAX_DOCUMENTS):
            yield chunk
            chunk, size = [], 0
        chunk.append(document)
        size += length
    if chunk:
        yield chunk


def interpret(documents: Sequence[Document], answer: object) -> Outcome:
    """Sort the documents of a request by the answer's items.

    An answer that does not have one item for each document says nothing certain of any: all are sent again.
    """
    outcome = Outcome()
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or len(items) != len(documents):
        return all_again(documents, "0", "the bulk answer does not have one item for each document")
    for document, item in zip(documents, items, strict=True):
        status, error = _result(item)
        if 200 <= status < 300:
            outcome.accepted.append(document)
            continue
        document.code, document.message = str(status), error
        (outcome.retry if _temporary(status, error) else outcome.refused).append(document)
    return outcome


def all_again(documents: Sequence[Document], code: str, message: str) -> Outcome:
    """Return the outcome of a request that failed as a whole."""
    for document in documents:
        document.code, document.message = code, message
    return Outcome(retry=list(documents))


def _result(item: object) -> tuple[int, str]:
    body: Any = next(iter(item.values()), None) if isinstance(item, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(body.get("status"), int):
        return 0, "the bulk answer has an item without a status"
    return int(body["status"]), json.dumps(body["error"]) if "error" in body else ""


def _temporary(status: int, error: str) -> bool:
    """A block (disk full, index read-only while it recovers) is 403 in some versions and passes."""
    return status in {0, 408, 429} or status >= 500 or (status == 403 and "cluster_block_exception" in error)


def failed_document(document: Document, ended_ms: int) -> bytes:
    """Return a line of the error output ("Handle data delivery failures", Amazon OpenSearch Service)."""
    fields = {
        "attemptsMade": document.attempts,
        "arrivalTimestamp": int(document.record.arrived * 1000),
        "errorCode": document.code,
        "errorMessage": document.message,
        "attemptEndingTimestamp": ended_ms,
        "esDocumentId": document.document_id,
        "esIndexName": document.index,
        "esTypeName": document.type_name,
        "rawData": base64.b64encode(document.record.data).decode("ascii"),
    }
    return json.dumps(fields).encode() + b"\n"
