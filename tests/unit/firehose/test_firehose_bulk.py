from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.firehose.bulk import MAX_BYTES, MAX_DOCUMENTS, Document, chunks, failed_document, interpret
from sandbox.firehose.records import Record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def document(data: bytes = b"{}", number: int = 0) -> Document:
    return Document(Record(data, 1_700_000_000.5, "a", str(number)), "logs-2026-01-01", f"{number}.0")


def item(status: int) -> dict[str, Any]:
    return {"index": {"status": status} | ({"error": {"type": "t"}} if status >= 300 else {})}


@given(st.lists(st.sampled_from([200, 201, 400, 403, 404, 408, 409, 413, 429, 500, 502, 503])))
def test_every_document_has_exactly_one_outcome(statuses: list[int]) -> None:
    documents = [document(number=number) for number in range(len(statuses))]
    outcome = interpret(documents, {"errors": True, "items": [item(status) for status in statuses]})
    together = outcome.accepted + outcome.retry + outcome.refused
    assert sorted(int(d.record.sequence) for d in together) == list(range(len(statuses)))
    assert {statuses[int(d.record.sequence)] for d in outcome.accepted} <= {200, 201}
    assert {statuses[int(d.record.sequence)] for d in outcome.retry} <= {408, 429, 500, 502, 503}


@given(st.lists(st.integers(), min_size=1, max_size=5), JSON)
def test_an_answer_that_says_nothing_certain_accepts_nothing(numbers: list[int], answer: object) -> None:
    documents = [document(number=number) for number in numbers]
    outcome = interpret(documents, answer)
    assert outcome.retry == documents


def test_a_block_of_the_cluster_is_temporary() -> None:
    blocked = {"index": {"status": 403, "error": {"type": "cluster_block_exception"}}}
    assert interpret([document()], {"items": [blocked]}).retry


@given(JSON)
def test_a_single_line_object_is_well_formed_and_nothing_else_is(value: object) -> None:
    assert document(json.dumps(value).encode()).malformed() is not isinstance(value, dict)


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\xff\xfe", b'{"a":\n1}', b'{"a":1}{"b":2}', b"[1]", b'{"a":' * 100_000]
)
def test_what_is_not_one_line_of_json_is_malformed(data: bytes) -> None:
    bad = document(data)
    assert bad.malformed()
    assert bad.code == "OS.MalformedData"


def test_a_trailing_newline_is_no_fault() -> None:
    good = document(b'{"a":1}\n')
    assert not good.malformed()
    assert good.lines() == b'{"index": {"_index": "logs-2026-01-01", "_id": "0.0"}}\n{"a":1}\n'


def test_no_id_is_sent_when_opensearch_is_to_make_one() -> None:
    one = Document(Record(b"{}", 1.0, "a", "1"), "logs", None)
    assert one.lines() == b'{"index": {"_index": "logs"}}\n{}\n'


@given(st.lists(st.integers(0, MAX_BYTES + 10), max_size=8))
def test_chunks_keep_all_documents_in_order_within_the_bound(sizes: list[int]) -> None:
    documents = [document(bytes(size), number) for number, size in enumerate(sizes)]
    parts = list(chunks(documents))
    assert [d for part in parts for d in part] == documents
    assert all(len(part) == 1 or sum(len(d.record.data) for d in part) <= MAX_BYTES for part in parts)


def test_chunks_bound_the_number_of_documents() -> None:
    assert [len(part) for part in chunks([document()] * (MAX_DOCUMENTS + 1))] == [MAX_DOCUMENTS, 1]


def test_a_failed_document_has_the_documented_members() -> None:
    failed = document(b'{"n":"x"}', 7)
    failed.attempts, failed.code, failed.message = 3, "400", "mapper_parsing_exception"
    line = failed_document(failed, 1_700_000_001_000)
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "attemptsMade": 3,
        "arrivalTimestamp": 1_700_000_000_500,
        "errorCode": "400",
        "errorMessage": "mapper_parsing_exception",
        "attemptEndingTimestamp": 1_700_000_001_000,
        "esDocumentId": "7.0",
        "esIndexName": "logs-2026-01-01",
        "esTypeName": "",
        "rawData": base64.b64encode(b'{"n":"x"}').decode(),
    }
