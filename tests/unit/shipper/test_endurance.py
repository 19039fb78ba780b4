"""What nobody foresaw in the shipper: its threads outlive it, and the health answer says so."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.shipper import health
from sandbox.shipper.engine import Engine
from sandbox.shipper.outputs.base import Batch, RetryPolicy
from sandbox.shipper.tail import offsets
from tests.unit.shipper.conftest import Make, Shipper, cri


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 10
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not come true in 10 s"
        time.sleep(0.005)
    return result


@pytest.fixture
def ship(shipper: Make, monkeypatch: pytest.MonkeyPatch) -> Shipper:
    monkeypatch.setattr(health, "FAULT_GRACE_S", 0.0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    ship = shipper("flush: 0.01\n")
    ship.output.policy = RetryPolicy(0.2, 0.4)
    return ship


def scripted(failures: int, taken: list[Batch]) -> Callable[[Batch], None]:
    left = iter(range(failures))

    def deliver(batch: Batch) -> None:
        if next(left, None) is not None:
            raise RuntimeError("nobody foresaw this")
        taken.append(batch)

    return deliver


def lines(count: int) -> list[bytes]:
    return [cri(json.dumps({"level": "INFO", "message": f"m{n}"}).encode()) for n in range(count)]


def run(engine: Engine) -> Callable[[], None]:
    thread = threading.Thread(target=engine.run)
    thread.start()

    def end() -> None:
        engine.stop()
        thread.join(20)
        assert not thread.is_alive()

    return end


def traced(caplog: pytest.LogCaptureFixture) -> bool:
    return any(record.exc_info and record.levelno == logging.ERROR for record in caplog.records)


def test_a_delivery_that_fails_unexpectedly_is_made_again(ship: Shipper, caplog: pytest.LogCaptureFixture) -> None:
    taken: list[Batch] = []
    ship.output.deliver = scripted(2, taken)  # type: ignore[method-assign, assignment]
    ship.write(*lines(4))
    engine = Engine(ship.pipeline, ship.counters)
    end = run(engine)
    [problem] = until(lambda: health.problems(engine))
    assert "RuntimeError: nobody foresaw this" in problem
    until(lambda: sum(len(batch.records) for batch in taken) == 4)
    until(lambda: not health.problems(engine))
    until(lambda: engine.health()["files"][0]["lag_bytes"] == 0)
    assert "nobody foresaw this" in ship.counters.as_json()["last_error"]["message"]
    assert traced(caplog)
    end()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_told(ship: Shipper) -> None:
    def leave(_: Batch) -> None:
        raise SystemExit

    ship.output.deliver = leave  # type: ignore[method-assign, assignment]
    engine = Engine(ship.pipeline, ship.counters)
    assert health.problems(engine) == []
    ship.write(*lines(1))
    ship.settle()
    ship.output.start()
    ship.output.flush()
    [problem] = until(lambda: health.problems(engine))
    assert problem.endswith("has ended")
    ship.output.stop()
    assert health.problems(engine) == []


def test_a_database_that_is_held_is_written_later(
    ship: Shipper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[Batch] = []
    ship.output.deliver = scripted(0, taken)  # type: ignore[method-assign, assignment]
    engine = Engine(ship.pipeline, ship.counters)
    [item] = ship.pipeline.inputs
    item._offsets._connection.execute("PRAGMA busy_timeout=1")
    assert offsets._BUSY_S >= 10
    other = sqlite3.connect(item._offsets.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    ship.write(*lines(2))
    end = run(engine)
    [problem] = until(lambda: health.problems(engine))
    assert "database is locked" in problem
    assert len(taken) == 1
    other.execute("COMMIT")
    until(lambda: not health.problems(engine))
    until(lambda: engine.health()["files"][0]["lag_bytes"] == 0)
    [row] = other.execute("SELECT offset FROM in_tail_files").fetchall()
    assert row[0] > 0
    assert traced(caplog)
    other.close()
    end()


def test_a_loop_that_stands_still_is_told(ship: Shipper) -> None:
    engine = Engine(ship.pipeline, ship.counters)
    engine.round_at = time.monotonic() - health.STALL_S - 1
    [problem] = health.problems(engine)
    assert "stands still" in problem
