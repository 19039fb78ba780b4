from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from sandbox.engine import capabilities, client, daemon, packages
from sandbox.errors import PrerequisiteError
from sandbox.instance import REPOSITORY
from sandbox.terminal import Terminal

RUNTIME = REPOSITORY / "images" / "engine" / "runc-without-sys-resource"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Linux machine with all packages, no engine, and root."""
    monkeypatch.setattr(daemon, "_FOLDER", tmp_path / "engine")
    monkeypatch.setattr(daemon, "_SYSTEMD", tmp_path / "no-systemd")
    monkeypatch.setattr(client, "answers", lambda: False)
    monkeypatch.setattr(packages, "missing", list)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path / "engine"


def no_process(*words: object, **options: object) -> None:
    raise AssertionError(f"started {words}")


def test_an_engine_that_answers_is_left_alone(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "answers", lambda: True)
    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert not daemon.start(Terminal())
    assert not machine.exists()


def test_only_root_starts_one(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PrerequisiteError, match="only root may start a Docker engine — sudo"):
        daemon.start(Terminal())


def test_elsewhere_than_on_linux_the_user_starts_theirs(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(PrerequisiteError, match="start Docker Desktop, colima"):
        daemon.start(Terminal())


def test_an_engine_that_ends_at_once_is_told_with_its_last_line(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys; sys.stderr.write('first\\nno cgroups here\\n'); sys.exit(1)"
    monkeypatch.setattr(daemon, "command", lambda: [sys.executable, "-c", program])
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(daemon.EngineStartError, match="no cgroups here"):
        daemon.start(Terminal())


def test_only_root_stops_one_and_one_that_does_not_end_is_told(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.mkdir()
    monkeypatch.setattr(daemon, "_STOP_S", 0)
    monkeypatch.setattr(psutil.Process, "terminate", lambda _: None)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        try:
            daemon.Started(process.pid, psutil.Process(process.pid).create_time()).write()
            with pytest.raises(daemon.EngineStopError, match="does not end"):
                daemon.stop(Terminal())
            monkeypatch.setattr(os, "geteuid", lambda: 1000)
            with pytest.raises(PrerequisiteError, match="only root may stop"):
                daemon.stop(Terminal())
        finally:
            process.kill()


def test_only_the_process_that_was_started_here_is_stopped(machine: Path) -> None:
    machine.mkdir()
    assert not daemon.stop(Terminal())
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        try:
            created = psutil.Process(process.pid).create_time()
            daemon.Started(process.pid, created - 5).write()  # The number belonged to another process once.
            assert not daemon.stop(Terminal())
            daemon.Started(process.pid, created).write()
            assert daemon.stop(Terminal())
        finally:
            process.kill()


def test_it_listens_on_its_socket_and_publishes_on_loopback(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.mkdir()
    monkeypatch.setattr(capabilities, "may_have", lambda _: True)
    words = daemon.command()
    assert words[words.index("--host") + 1].startswith("unix://")
    assert words[words.index("--ip") + 1] == "127.0.0.1"
    assert "--add-runtime" not in words
    monkeypatch.setattr(capabilities, "may_have", lambda _: False)
    assert f"without-sys-resource={machine / RUNTIME.name}" in daemon.command()
    assert (machine / RUNTIME.name).stat().st_mode & 0o100


def test_packets_are_no_larger_than_the_smallest_of_the_machines_own_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    def network(mtu: int, *, up: bool = True) -> SimpleNamespace:
        return SimpleNamespace(isup=up, mtu=mtu)

    found = {"lo": network(65536), "eth0": network(1500), "tun0": network(1380), "docker0": network(1200)}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: found | {"wg0": network(1300, up=False)})
    assert daemon.mtu() == 1380


def test_packages_are_installed_by_root_of_a_debian_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(name: str, path: str | None = None) -> None:
        return None

    monkeypatch.setattr(shutil, "which", absent)
    assert packages.missing() == ["docker.io", "iptables", "mmdebstrap"]
    with pytest.raises(PrerequisiteError, match="no Debian or Ubuntu"):
        packages.install(["docker.io"], tmp_path / "log", lambda _: None)


@pytest.fixture
def runc(tmp_path: Path) -> Callable[..., list[str]]:
    """The runtime wrapper with a runc that says what it was called with."""
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "runc"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)

    def call(*words: str) -> list[str]:
        command = [sys.executable, "-IS", str(RUNTIME), *words]
        environment = {"PATH": f"{programs}:/usr/bin:/bin"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()

    return call


@pytest.mark.parametrize("form", ["separate", "joined"])
def test_the_runtime_asks_for_one_capability_less(runc: Callable[..., list[str]], tmp_path: Path, form: str) -> None:
    capabilities_named = {"bounding": ["CAP_CHOWN", "CAP_SYS_RESOURCE"], "effective": ["CAP_SYS_RESOURCE"]}
    (tmp_path / "config.json").write_text(json.dumps({"process": {"args": ["x"], "capabilities": capabilities_named}}))
    words = ["--bundle", str(tmp_path)] if form == "separate" else [f"--bundle={tmp_path}"]
    assert runc("create", *words, "id") == ["create", *words, "id"]
    process = json.loads((tmp_path / "config.json").read_text())["process"]
    assert process == {"args": ["x"], "capabilities": {"bounding": ["CAP_CHOWN"], "effective": []}}


def test_a_process_that_is_added_later_asks_for_less_too(runc: Callable[..., list[str]], tmp_path: Path) -> None:
    path = tmp_path / "process.json"
    path.write_text(json.dumps({"capabilities": {"permitted": ["CAP_SYS_RESOURCE", "CAP_KILL"]}}))
    runc("exec", "--process", str(path), "id")
    assert json.loads(path.read_text()) == {"capabilities": {"permitted": ["CAP_KILL"]}}


def test_what_has_no_configuration_goes_through(runc: Callable[..., list[str]], tmp_path: Path) -> None:
    assert runc("delete", "--bundle", str(tmp_path), "id") == ["delete", "--bundle", str(tmp_path), "id"]
