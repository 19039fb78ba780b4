from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cali_log_generator.catalogue import Catalogue
from cali_log_generator.errors import LogWriteError
from cali_log_generator.plan import Plan
from cali_log_generator.run import run
from cali_log_generator.settings import Settings
from cali_log_generator.sinks import open_sink

Make = Callable[..., Settings]
LINE = re.compile(r"^(\S+) stdout ([FP]) (.*)$")


def write(settings: Settings, everything: Catalogue) -> int:
    sink = open_sink(settings)
    try:
        return run(Plan(settings, everything).lanes(time.monotonic()), sink, threading.Event())
    finally:
        sink.close()


def physical_lines(path: Path) -> dict[str, str]:
    """Every line of a CRI file, its pieces joined, by the time of its first piece."""
    lines: dict[str, str] = {}
    begun: tuple[str, str] | None = None
    for raw in path.read_text().splitlines():
        match = LINE.match(raw)
        assert match, raw
        begun = (match[1], match[3]) if begun is None else (begun[0], begun[1] + match[3])
        if match[2] == "F":
            assert begun[0] not in lines
            lines[begun[0]] = begun[1]
            begun = None
    assert begun is None
    return lines


def manifest_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def cri(settings: Make, tmp_path: Path) -> Callable[..., Settings]:
    def make(**values: object) -> Settings:
        places = {"output": "cri", "dir": tmp_path / "logs", "manifest": tmp_path / "manifest.jsonl"}
        return settings(
            **{"mode": "count", "count": 2000, "rate": 1_000_000, "distinct_errors": 281, **places, **values}
        )

    return make


def test_the_manifest_tells_what_the_files_hold(everything: Catalogue, cri: Make, tmp_path: Path) -> None:
    assert write(cri(), everything) == 2000

    manifest = manifest_of(tmp_path / "manifest.jsonl")
    files = {path.name: physical_lines(path) for path in (tmp_path / "logs").iterdir()}
    assert len(manifest) == len({item["record_id"] for item in manifest}) == 2000
    assert sum(item["distinct_error"] is not None for item in manifest) == 281
    for item in manifest:
        line = files[item["log_file"]][item["time"]]
        if item["kind"] == "json":
            printed = json.loads(line)
            assert (printed["message"], printed["level"], printed["service"]) == (
                item["first_line"],
                item["level"],
                item["service"],
            )
            assert printed["timestamp"] == item["time"]
        else:
            assert line == item["first_line"]
            assert line.startswith(item["level"])
        source = f"{item['log_file']}\n{item['time']}\n{item['first_line'][:256]}"
        assert item["record_id"] == hashlib.sha256(source.encode()).hexdigest()[:20]
        assert f"_cali_{item['service']}-" in item["log_file"]


def test_every_line_belongs_to_a_record(everything: Catalogue, cri: Make, tmp_path: Path) -> None:
    write(cri(), everything)

    begun = {(item["log_file"], item["time"]) for item in manifest_of(tmp_path / "manifest.jsonl")}
    rest = [
        line
        for path in (tmp_path / "logs").iterdir()
        for stamp, line in physical_lines(path).items()
        if (path.name, stamp) not in begun
    ]
    continuation = re.compile(
        r"^(\s|$|Traceback \(most|Caused by: |During handling|The above exception|[A-Za-z_][\w.$]*(:|$))"
    )
    assert rest
    assert [line for line in rest if not continuation.match(line)] == []


def test_a_second_run_goes_on_in_the_same_files(everything: Catalogue, cri: Make, tmp_path: Path) -> None:
    write(cri(count=300, distinct_errors=5), everything)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    write(cri(count=300, distinct_errors=5), everything)

    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == files
    assert len(manifest_of(tmp_path / "manifest.jsonl")) == 600


def test_disk_use_is_bounded(everything: Catalogue, cri: Make, tmp_path: Path) -> None:
    write(cri(count=20_000, rotate_bytes=50_000, rotate_files=2, manifest_bytes=100_000), everything)

    # A record may be larger than the bound (a dump of a request), never a file of more than one.
    sizes = [path.stat().st_size for path in (tmp_path / "logs").iterdir()]
    assert len(sizes) <= 8 * 2
    assert max(sizes) <= 80_000
    assert sorted(path.name for path in tmp_path.glob("manifest*")) == ["manifest.jsonl", "manifest.jsonl.1"]


def test_five_thousand_records_a_second(everything: Catalogue, cri: Make) -> None:
    begun = time.perf_counter()
    write(cri(count=20_000), everything)

    assert 20_000 / (time.perf_counter() - begun) > 5_000


def test_a_folder_that_cannot_be_made_is_named(cri: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LogWriteError, match=r"cannot write .*file/logs: Not a directory"):
        open_sink(cri(dir=tmp_path / "file" / "logs"))
