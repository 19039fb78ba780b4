from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sandbox import ports
from sandbox.errors import ExitCode, UsageError
from sandbox.instance import OWNER_VARIABLE, Home, Memory


@pytest.fixture(autouse=True)
def _own_reservations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def taken() -> int:
    listener = socket.socket()
    listener.bind((ports.LOOPBACK, 0))
    listener.listen()
    _keep.append(listener)
    return int(listener.getsockname()[1])


_keep: list[socket.socket] = []


def test_a_taken_default_moves_to_the_next_free_one(taken: int) -> None:
    chosen = ports.allocate({"aws": taken}, asked={}, remembered={}, owner="a")
    assert chosen["aws"] > taken


def test_what_runs_keeps_its_port_and_another_is_looked_for(taken: int) -> None:
    remembered = {"aws": taken, "slack": taken, "gone": 1}
    chosen = ports.choose(
        {"aws": 4566, "slack": taken},
        environment={"CALI_PORT_AWS": str(taken)},
        running={"aws"},
        remembered=remembered,
        owner="a",
    )
    assert chosen["aws"] == taken
    assert chosen["slack"] > taken
    assert chosen.keys() == {"aws", "slack"}


def test_a_taken_port_that_was_asked_for_is_an_error_naming_it(taken: int) -> None:
    with pytest.raises(ports.PortTakenError, match=str(taken)) as caught:
        ports.allocate({"aws": 4566}, asked={"aws": taken}, remembered={}, owner="a")
    assert caught.value.exit_code == ExitCode.PREREQUISITE


def test_two_sandboxes_starting_at_once_get_different_ports() -> None:
    defaults = {"aws": 42001, "slack": 42002}
    first = ports.allocate(defaults, asked={}, remembered={}, owner="a")
    second = ports.allocate(defaults, asked={}, remembered={}, owner="b")
    assert not set(first.values()) & set(second.values())


def test_the_same_sandbox_gets_its_ports_again() -> None:
    defaults = {"aws": 42011, "slack": 42012}
    first = ports.allocate(defaults, asked={}, remembered={}, owner="a")
    assert ports.allocate(defaults, asked={}, remembered=first, owner="a") == first


def test_a_sandbox_that_is_up_keeps_the_ports_it_does_not_listen_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tmp_path / "instances" / "one"
    defaults = {"aws": 42021, "slack": 42022}
    first = ports.allocate(defaults, asked={}, remembered={}, owner=str(owner))
    monkeypatch.setattr(ports, "RESERVATION_S", 0)
    command = [sys.executable, "-c", "input()"]
    environment = {OWNER_VARIABLE: str(owner)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as supervisor:
        (owner / "run").mkdir(parents=True)
        (owner / "run" / "supervisord.pid").write_text(f"{supervisor.pid}\n")
        second = ports.allocate(defaults, asked={}, remembered={}, owner="b")
        assert not set(first.values()) & set(second.values())
        supervisor.kill()
    # Its supervisor is gone, and with it its claim.
    assert ports.allocate(defaults, asked={}, remembered={}, owner="c") == first


def test_containers_that_are_up_keep_the_ports_of_those_that_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = Home(tmp_path).instance("one")
    instance.create()
    defaults = {"aws": 42031, "slack": 42032}
    first = ports.allocate(defaults, asked={}, remembered={}, owner=str(instance.root))
    monkeypatch.setattr(ports, "RESERVATION_S", 0)
    instance.write(Memory(target="containers", state="up"))
    second = ports.allocate(defaults, asked={}, remembered={}, owner="b")
    assert not set(first.values()) & set(second.values())
    instance.write(Memory(target="containers", state="down"))
    assert ports.allocate(defaults, asked={}, remembered={}, owner="c") == first


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_bad_port_names_its_variable(text: str) -> None:
    with pytest.raises(UsageError, match="CALI_PORT_LOG_GENERATOR"):
        ports.requested({"log-generator": 1}, {"CALI_PORT_LOG_GENERATOR": text})
