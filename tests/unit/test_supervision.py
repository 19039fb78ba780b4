from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.instance import Home
from sandbox.services.base import Program
from sandbox.supervision import Supervisor, owned_processes


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    instance = Home(tmp_path).instance("x")
    instance.create()
    supervisor = Supervisor(instance)
    supervisor.start()
    yield supervisor
    supervisor.stop()


def _program(code: str, **environment: str) -> Program:
    return Program((sys.executable, "-c", code + "\nimport signal; signal.pause()"), environment)


def _until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def test_arguments_and_environment_arrive_exactly(supervisor: Supervisor) -> None:
    awkward = "a \"q\" %d 'z', b=1\nnext\\line"
    supervisor.run("odd", _program("import os; print(repr(os.environ['ODD']), flush=True)", ODD=awkward))
    log = supervisor.instance.logs / "odd.log"
    _until(lambda: log.exists() and log.read_text().strip())
    assert log.read_text().strip() == repr(awkward)


def test_nothing_of_the_users_environment_is_inherited(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    supervisor.run("env", _program("import os; print(sorted(os.environ), flush=True)"))
    log = supervisor.instance.logs / "env.log"
    _until(lambda: log.exists() and log.read_text().strip())
    assert "AWS_PROFILE" not in log.read_text()


def test_the_same_definition_is_left_alone_and_another_restarts(supervisor: Supervisor) -> None:
    supervisor.run("p", _program("", V="1"))
    first = supervisor.states()["p"].pid
    supervisor.run("p", _program("", V="1"))
    assert supervisor.states()["p"].pid == first
    supervisor.run("p", _program("", V="2"))
    assert supervisor.states()["p"].pid != first


def test_a_killed_process_is_started_again(supervisor: Supervisor) -> None:
    supervisor.run("p", _program(""))
    _until(lambda: supervisor.states()["p"].state == "RUNNING")
    first = supervisor.states()["p"].pid
    psutil.Process(first).kill()
    _until(lambda: supervisor.states()["p"].pid not in (None, first))


def test_stop_ends_what_a_killed_supervisor_left(supervisor: Supervisor) -> None:
    supervisor.run("p", _program(""))
    pid = supervisor.states()["p"].pid
    daemon = next(p for p in owned_processes(supervisor.instance) if "supervisord" in " ".join(p.cmdline()))
    daemon.kill()
    daemon.wait(5)
    assert pid is not None
    assert psutil.pid_exists(pid)
    supervisor.stop()
    assert owned_processes(supervisor.instance) == []
    supervisor.start()
    assert supervisor.states() == {}
