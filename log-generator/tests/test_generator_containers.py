from __future__ import annotations

import re
from pathlib import Path

import pytest

from cali_log_generator.containers import ContainerLog, file_name
from cali_log_generator.errors import LogWriteError

NAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?_[^_]+_[^_]+-[0-9a-f]{64}\.log$")


def write(log: ContainerLog, *records: bytes) -> None:
    for record in records:
        log.add(record)
    log.flush()


def test_names_are_those_of_kubernetes() -> None:
    name = file_name("checkout", "cali", 0)

    assert NAME.match(name)
    assert name.startswith("checkout-")
    assert "_cali_checkout-" in name


def test_equal_seeds_name_equal_pods() -> None:
    assert file_name("auth", "cali", 5) == file_name("auth", "cali", 5) != file_name("auth", "cali", 6)


def test_rotation_loses_nothing_and_splits_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = ContainerLog(path, rotate_bytes=1000, keep=100)
    records = [f"{number:04d} {'x' * 94}\n".encode() for number in range(100)]

    for start in range(0, 100, 7):
        write(log, *records[start : start + 7])
    log.close()

    rotated = sorted(tmp_path.glob("a.log.*"))
    assert len(rotated) >= 9
    assert all(re.fullmatch(r"a\.log\.\d{8}-\d{6}", item.name) for item in rotated)
    assert all(item.stat().st_size <= 1000 for item in [*rotated, path])
    assert b"".join(item.read_bytes() for item in [*rotated, path]) == b"".join(records)


def test_old_files_are_pruned_to_the_bound(tmp_path: Path) -> None:
    log = ContainerLog(tmp_path / "a.log", rotate_bytes=1000, keep=3)

    for _ in range(100):
        write(log, b"x" * 400 + b"\n")
    log.close()

    assert len(list(tmp_path.iterdir())) == 3
    assert sum(item.stat().st_size for item in tmp_path.iterdir()) <= 3 * 1000


def test_a_record_above_the_bound_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = ContainerLog(path, rotate_bytes=1000, keep=3)

    write(log, b"y" * 5000 + b"\n")
    log.close()

    assert path.read_bytes() == b"y" * 5000 + b"\n"


def test_half_a_line_of_a_killed_writer_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"whole\nhal")

    log = ContainerLog(path, rotate_bytes=10_000, keep=3)
    write(log, b"next\n")
    log.close()

    assert path.read_bytes() == b"whole\nhal\nnext\n"


def test_after_a_truncation_lines_begin_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = ContainerLog(path, rotate_bytes=10_000, keep=3)
    write(log, b"before\n")

    path.write_bytes(b"")
    write(log, b"after\n")
    log.close()

    assert path.read_bytes() == b"after\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogWriteError, match=r"nowhere/a\.log: No such file"):
        ContainerLog(tmp_path / "nowhere" / "a.log", rotate_bytes=1000, keep=3)
