"""An `up` that fails says why first; what may come back by itself is waited for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from sandbox.commands import up as command
from sandbox.commands.up import up
from sandbox.containers.faults import ContainerError
from sandbox.errors import SandboxError
from sandbox.instance import Instance
from sandbox.services.base import NotReadyError, ProcessState
from sandbox.targets import containerized
from sandbox.targets.bring_up import wait_ready
from sandbox.targets.containers import Containers
from sandbox.terminal import Terminal


@pytest.fixture
def terminal() -> Terminal:
    quiet = Terminal()
    quiet.console = Console(file=io.StringIO())
    return quiet


def _no_engine(*_: object, **__: object) -> Any:
    raise ContainerError("do anything", "it is gone")


def test_the_first_error_is_told_though_the_engine_cannot_be_asked_any_more(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Containers(instance)
    monkeypatch.setattr(target.runner, "states", _no_engine)
    monkeypatch.setattr(target, "is_up_to_date", lambda: False)
    monkeypatch.setattr("sandbox.targets.chosen.target", lambda _: target)

    def fail(*_: object) -> None:
        raise SandboxError("there is no room")

    monkeypatch.setattr(command, "bring_up", fail)
    outcome = CliRunner().invoke(up, [], standalone_mode=False)
    assert isinstance(outcome.exception, SandboxError)
    assert outcome.exception.message == "there is no room"


def test_whoever_ends_a_killed_up_knows_its_target(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    target = Containers(instance)
    monkeypatch.setattr("sandbox.install.prerequisites.check_machine", lambda *_, **__: None)
    monkeypatch.setattr(containerized, "ensure", lambda names, _: dict.fromkeys(names, "cali/x:0"))
    monkeypatch.setattr(target.runner, "states", dict)
    monkeypatch.setattr(target.runner, "network", _no_engine)
    with pytest.raises(ContainerError):
        target.prepare(terminal)
    assert (instance.read().target, instance.read().state) == ("containers", "starting")


class Flaky(Containers):
    """A target whose engine does not answer at first."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.faults: Iterator[str] = iter(["", ""])
        self.runner.states = self._states  # type: ignore[method-assign]

    def _states(self) -> dict[str, ProcessState]:
        if next(self.faults, None) is not None:
            _no_engine()
        return {}


def test_an_engine_that_does_not_answer_for_a_moment_fails_no_part(instance: Instance, terminal: Terminal) -> None:
    target, probed = Flaky(instance), 0

    class Part:
        name, nature, ready_s, version = "consumer", "real", 60.0, str

        def probe(self) -> None:
            nonlocal probed
            probed += 1
            if probed < 3:
                raise NotReadyError("consumer", "no answer")

    wait_ready(target, Part(), terminal)  # type: ignore[arg-type]
    assert probed == 3
    probed = 0
    with pytest.raises(NotReadyError, match="does not stay up"):
        wait_ready(target, Part(), terminal)  # type: ignore[arg-type]
