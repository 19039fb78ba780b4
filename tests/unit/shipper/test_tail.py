"""Following files: offsets, rotation, truncation, and what a kill must not lose."""

from __future__ import annotations

import json
import os
from typing import Any

from tests.unit.shipper.conftest import FILE, Make, cri


def line(text: str) -> bytes:
    return cri(json.dumps({"level": "INFO", "message": text}).encode())


def messages(records: list[dict[str, Any]]) -> list[str]:
    return [record["message"] for record in records]


def test_what_is_not_acknowledged_is_read_again(shipper: Make) -> None:
    first = shipper()
    first.write(line("a"), line("b"))
    assert messages(first.poll()) == ["a", "b"]
    first.acknowledge()
    first.save()
    first.write(line("c"))
    assert messages(first.poll()) == ["c"]
    first.save()
    first.close()

    assert messages(shipper().poll()) == ["c"]


def test_lines_held_back_are_read_again(shipper: Make) -> None:
    first = shipper()
    first.write(line("a"), cri(b"ERROR x"), cri(b"Traceback (most recent call last):"))
    assert messages(first.poll()) == ["a"]
    first.acknowledge()
    first.save()
    first.close()

    second = shipper()
    second.write(cri(b"ValueError: y"))
    [record] = second.settle()
    assert record["stack_trace"] == "ERROR x\nTraceback (most recent call last):\nValueError: y"


def test_pieces_without_their_end_are_read_again(shipper: Make) -> None:
    first = shipper()
    first.write(cri(b"half", flag="P"))
    assert first.poll() == []
    first.save()
    first.close()

    second = shipper()
    second.write(cri(b" whole"))
    assert messages(second.settle()) == ["half whole"]


def test_a_later_acknowledgement_does_not_pass_an_earlier_record(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("a"))
    ship.poll()
    ship.output.flush()
    ship.write(line("b"))
    ship.poll()
    ship.output.flush()
    ship.handed_over()
    late = ship.handed_over()
    [file] = late.starts
    file.waiting.pop(late.token)
    ship.save()
    assert file.saved == 0


def test_rotation_loses_nothing_and_keeps_the_name(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("a"))
    ship.poll()
    path = ship.logs / FILE
    ship.write(line("late"))
    path.rename(ship.logs / f"{FILE}.1")
    with (ship.logs / f"{FILE}.1").open("ab") as old:
        old.write(line("later") + b"\n")
    ship.write(line("new"))
    records = ship.poll() + ship.poll(1.1)
    assert sorted(messages(records)) == ["late", "later", "new"]
    assert {record["log_file"] for record in records} == {FILE}


def test_a_file_rotated_while_nothing_ran_is_read_to_its_end(shipper: Make) -> None:
    first = shipper()
    first.write(line("a"))
    first.poll()
    first.acknowledge()
    first.save()
    first.close()
    first.write(line("b"))
    (first.logs / FILE).rename(first.logs / f"{FILE}.1")
    first.write(line("c"))

    second = shipper()
    records = second.poll()
    assert sorted(messages(records)) == ["b", "c"]
    assert {record["log_file"] for record in records} == {FILE}


def test_a_truncated_file_is_read_from_its_beginning(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("a"), line("b"))
    ship.poll()
    os.truncate(ship.logs / FILE, 0)
    ship.write(line("c"))
    assert messages(ship.poll()) == ["c"]


def test_a_file_written_anew_beyond_its_old_size_is_noticed(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("a"))
    ship.poll()
    (ship.logs / FILE).write_bytes(b"".join(line(f"new {n}") + b"\n" for n in range(5)))
    assert messages(ship.poll()) == [f"new {n}" for n in range(5)]


def test_another_file_with_a_known_inode_is_read_from_its_beginning(shipper: Make) -> None:
    first = shipper()
    first.write(line("a"))
    first.poll()
    first.acknowledge()
    first.save()
    first.close()
    (first.logs / FILE).write_bytes(line("other") + b"\n" + line("more") + b"\n")

    assert messages(shipper().poll()) == ["other", "more"]


def test_a_hole_left_by_copytruncate_is_passed_over(shipper: Make) -> None:
    ship = shipper()
    (ship.logs / FILE).write_bytes(b"\0" * 700_000 + line("after") + b"\n")
    assert messages(ship.poll()) == ["after"]


def test_a_deleted_file_is_read_to_its_end_and_forgotten(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("a"))
    ship.poll()
    ship.write(line("b"))
    (ship.logs / FILE).unlink()
    assert messages(ship.poll(1.1)) == ["b"]
    ship.acknowledge()
    ship.poll(31.0)
    ship.poll(31.0)
    assert not ship.pipeline.inputs[0].files


def test_a_line_in_the_writing_waits_for_its_end(shipper: Make) -> None:
    ship = shipper()
    whole = line("whole") + b"\n"
    with (ship.logs / FILE).open("ab", buffering=0) as file:
        file.write(whole[:40])
        assert ship.poll() == []
        file.write(whole[40:])
        assert messages(ship.poll()) == ["whole"]


def test_only_matching_files_are_read(shipper: Make) -> None:
    ship = shipper()
    ship.write(line("x"), name="x.log.gz")
    ship.write(line("y"), name="y.log")
    assert messages(ship.poll()) == ["y"]
