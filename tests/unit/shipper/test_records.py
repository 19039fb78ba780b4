"""The record contract, as the committed values make it."""

from __future__ import annotations

import json

import pytest

from tests.unit.shipper.conftest import FILE, Make, cri

TIME = "2026-11-23T10:00:00.123456789Z"


def test_json_line_keeps_its_own_fields_and_gains_where_it_came_from(shipper: Make) -> None:
    ship = shipper()
    line = {"timestamp": "2026-11-23T09:59:59.1Z", "level": "WARN", "service": "own", "message": "m", "extra": [1, {}]}
    ship.write(cri(json.dumps(line).encode(), time=TIME))
    [record] = ship.poll()
    assert record == line | {
        "time": TIME,
        "stream": "stdout",
        "log_file": FILE,
        "kubernetes": {"pod_name": "checkout-6f7c9d-abcde", "namespace_name": "cali", "container_name": "checkout"},
    }


def test_json_line_is_not_held_back(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b'{"level":"INFO","message":"m"}'))
    assert len(ship.poll()) == 1


def test_what_json_says_under_the_shippers_names_is_kept_aside(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b'{"message":"m","time":"t","stream":"s","log_file":"f"}', time=TIME))
    [record] = ship.poll()
    assert (record["app_time"], record["app_stream"], record["app_log_file"]) == ("t", "s", "f")
    assert (record["time"], record["stream"], record["log_file"]) == (TIME, "stdout", FILE)
    assert (record["level"], record["service"], record["timestamp"]) == ("INFO", "checkout", TIME)


@pytest.mark.parametrize(
    "line",
    [
        b'{"level":"ERROR","message":"cut',
        b'{"a":1} and more',
        b'{"a":1}{"b":2}',
        b"[1,2]",
        b'"text"',
        b'{"v":NaN}',
        b"{" * 50_000 + b"}" * 50_000,
    ],
)
def test_what_is_not_one_json_object_is_plain_text(shipper: Make, line: bytes) -> None:
    ship = shipper()
    ship.write(cri(line))
    [record] = ship.settle()
    assert record["message"] == line.decode()
    assert record["service"] == "checkout"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (b"2026-11-23 10:00:00 WARN  [main] slow, an ERROR may follow", "WARN"),
        (b"nothing special", "INFO"),
        (b"TERRORIST INFORMATION", "INFO"),
        (b"CRITICAL: disk", "CRITICAL"),
        (b"level=error msg=x", "ERROR"),
        (b"nginx [warn] y", "WARN"),
        (b'{"level":"ERROR","message":"broken', "ERROR"),
        (b"no error at all", "INFO"),
    ],
)
def test_level_of_a_plain_line(shipper: Make, line: bytes, level: str) -> None:
    ship = shipper()
    ship.write(cri(line))
    assert [record["level"] for record in ship.settle()] == [level]


PYTHON = [
    b"2026-11-23 10:00:01 ERROR payment failed",
    b"Traceback (most recent call last):",
    b'  File "/app/a.py", line 10, in pay',
    b"    charge(card)",
    b"TimeoutError: gateway timed out",
    b"",
    b"During handling of the above exception, another exception occurred:",
    b"",
    b"Traceback (most recent call last):",
    b'  File "/app/c.py", line 1, in <module>',
    b"    f()",
    b"app.errors.PaymentError: could not pay",
]
JAVA = [
    b"2026-11-23 10:00:02 ERROR [main] c.f.Pool - no connection",
    b"java.sql.SQLTransientConnectionException: not available",
    b"\tat com.zaxxer.hikari.pool.HikariPool.create(HikariPool.java:696)",
    b"Caused by: java.net.ConnectException: refused",
    b"\tat java.base/sun.nio.ch.Net.connect0(Native Method)",
    b"\t... 12 more",
]
GO = [
    b"panic: index out of range",
    b"",
    b"goroutine 1 [running]:",
    b"main.main()",
    b"\t/app/main.go:10",
    b"exit status 2",
]


@pytest.mark.parametrize(
    "lines", [PYTHON, JAVA, GO, PYTHON[1:5], JAVA[1:]], ids=["python", "java", "go", "bare", "bare-java"]
)
def test_a_trace_is_one_record(shipper: Make, lines: list[bytes]) -> None:
    ship = shipper()
    ship.write(*(cri(line, "stderr", time=TIME if line is lines[0] else "") for line in lines))
    assert ship.poll() == []
    ship.write(cri(b"INFO next", "stderr"))
    first, second = ship.settle()
    assert first["message"] == lines[0].decode()
    assert first["stack_trace"] == b"\n".join(lines).decode()
    assert (first["time"], first["stream"]) == (TIME, "stderr")
    assert second["message"] == "INFO next"
    assert "stack_trace" not in second


def test_a_trace_survives_lines_of_the_other_stream(shipper: Make) -> None:
    ship = shipper()
    mixed = []
    for line in JAVA:
        mixed += [cri(line, "stderr"), cri(b'{"level":"INFO","message":"j"}'), cri(b"INFO plain")]
    ship.write(*mixed)
    records = ship.settle()
    assert [r["stack_trace"].count("\n") for r in records if "stack_trace" in r] == [len(JAVA) - 1]
    assert len(records) == 1 + 2 * len(JAVA)


def test_pieces_of_a_long_line_are_joined_and_have_the_first_time(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"a" * 16384, flag="P", time=TIME), cri(b"b" * 16384, flag="P"), cri(b"c"))
    [record] = ship.settle()
    assert record["message"] == "a" * 16384 + "b" * 16384 + "c"
    assert record["time"] == TIME


def test_a_piece_that_is_never_completed_is_shipped(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"half", flag="P"))
    assert [record["message"] for record in ship.settle()] == ["half"]


def test_a_long_plain_line_is_cut_marked_and_counted(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"ERROR " + "é".encode() * 750_000))
    [record] = ship.settle()
    assert (record["truncated"], record["original_bytes"], record["level"]) == (True, 1_500_006, "ERROR")
    assert len(record["message"].encode()) == 65536
    assert set(record["message"][6:]) == {"é"}


@pytest.mark.parametrize("text", ["y" * 1_500_000, 'é\n"\\' * 100_000, "\U0001f600" * 200_000])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_long_json_line_stays_json(shipper: Make, text: str, ascii_only: bool) -> None:
    ship = shipper()
    line = json.dumps({"level": "ERROR", "message": text, "service": "big", "n": 1}, ensure_ascii=ascii_only).encode()
    ship.write(cri(line))
    [record] = ship.settle()
    assert (record["truncated"], record["original_bytes"]) == (True, len(line))
    assert (record["level"], record["service"], record["n"]) == ("ERROR", "big", 1)
    assert text.startswith(record["message"])
    assert len(record["message"]) > 3000


@pytest.mark.parametrize("filler", [b"\x01", b"x", b"\xff", b'"'])
@pytest.mark.parametrize("head", [b"", b'{"level":"ERROR","message":"'])
def test_no_record_is_too_big_for_kinesis(shipper: Make, filler: bytes, head: bytes) -> None:
    ship = shipper()
    ship.write(cri(head + filler * 159_900 + (b'"}' if head else b"")), cri(b"\tat " + filler * 200_000))
    records = ship.settle()
    assert records
    assert max(len(json.dumps(record)) for record in records) < 1_048_556


def test_bytes_that_are_no_utf8_and_nul(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"bad \xff\xc3( ERROR"), cri(b"nul \x00 here ERROR"))
    ship.settle()
    ship.output.flush()
    lines = [json.loads(line) for line in ship.handed_over().records]
    assert [line["message"] for line in lines] == ["bad \ufffd\ufffd( ERROR", "nul \x00 here ERROR"]


def test_a_line_that_no_runtime_wrote_is_a_record_too(shipper: Make) -> None:
    ship = shipper()
    ship.write(b"just text ERROR", b"x stdout F no time")
    records = ship.settle()
    assert [record["message"] for record in records] == ["just text ERROR", "x stdout F no time"]
    assert all(record["time"].startswith("20") and record["level"] for record in records)


def test_blank_lines_say_nothing(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b""), cri(b"   "), b"")
    assert ship.settle() == []
    assert ship.counters.filtered == 3


def test_a_line_over_the_tail_buffer_is_cut_marked_and_passed_over(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"E" * 9_000_000), cri(b"INFO after"))
    first, second = sorted(ship.settle(), key=lambda record: record["message"])
    assert first["truncated"] is True
    assert first["original_bytes"] > 8_000_000
    assert second["message"] == "INFO after"


def test_rotated_names_keep_the_log_file(shipper: Make) -> None:
    ship = shipper()
    ship.write(cri(b"INFO one"), name="odd.log")
    [record] = ship.settle()
    assert (record["log_file"], record["service"]) == ("odd.log", "odd")
    assert "kubernetes" not in record
