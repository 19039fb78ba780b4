from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import sending
from sandbox.instance import REPOSITORY
from sandbox.record import RecordReference, UnknownRecordError, decode, find_line


def test_a_json_line_is_named_by_its_message(tmp_path: Path) -> None:
    line = json.dumps({"level": "ERROR", "message": "first\nsecond"}).encode()
    [(_, reference)] = sending.append(sending.container_log(tmp_path), [line])
    assert reference.first_line == "first"
    stored = {"log_file": reference.log_file, "time": reference.time, "message": "first\nsecond"}
    assert RecordReference.of_store(stored).record_id == reference.record_id


def test_every_line_sent_is_found_again(tmp_path: Path) -> None:
    path = sending.container_log(tmp_path)
    sent = [r for _, r in sending.append(path, [b"plain text", b'{"message": "json"}', b"x" * 40_000])]
    assert len({reference.time for reference in sent}) == 3
    for reference in sent:
        assert find_line(tmp_path, reference.record_id).reference == reference
    assert find_line(tmp_path, sent[1].record_id).number == 2


_VECTORS = json.loads((REPOSITORY / "contracts" / "record-id.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", _VECTORS)
def test_the_consumer_and_the_sandbox_agree_on_ids(vector: dict[str, str]) -> None:
    document = {name: value for name, value in vector.items() if name != "record_id" and value is not None}
    assert RecordReference.of_store(document).record_id == vector["record_id"]


def test_bytes_that_are_no_utf8_are_replaced_one_by_one() -> None:
    assert decode(b"caf\xc3\xa9 \xe2\x82 \xff") == "café \ufffd\ufffd \ufffd"


def test_an_unknown_id_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(UnknownRecordError, match=str(tmp_path)):
        find_line(tmp_path, "0" * 20)


@given(st.binary(max_size=50_000).filter(lambda line: b"\n" not in line))
def test_the_pieces_of_a_line_make_the_line(line: bytes) -> None:
    pieces = [piece.split(b" ", 3) for piece in sending._pieces(b"T", line)]
    assert b"".join(piece[3][:-1] for piece in pieces) == line
    assert [piece[2] for piece in pieces] == [b"P"] * (len(pieces) - 1) + [b"F"]
    assert all(len(piece[3]) <= sending.PIECE_BYTES + 1 for piece in pieces)


def test_a_line_nested_too_deeply_is_plain_text() -> None:
    content = "[" * 100_000
    assert RecordReference.of_line("a.log", "2026-01-01T00:00:00Z", content).first_line == content[:256]
