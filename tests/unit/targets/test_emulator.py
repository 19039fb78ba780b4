"""What plays AWS: asked for, remembered, never changed beneath what runs."""

from __future__ import annotations

import pytest

from sandbox.errors import UsageError
from sandbox.instance import Instance
from sandbox.targets.embedded import Embedded
from sandbox.targets.target import OtherEmulatorError


def _with_ports(instance: Instance) -> Embedded:
    target = Embedded(instance)
    target.memory.ports = {"aws": 4566, "identity": 8094, "opensearch": 9200, "firehose": 4573}
    return target


def test_ministack_unless_another_is_asked_for(instance: Instance) -> None:
    target = _with_ports(instance)
    assert target.terraform().emulator == "ministack"
    assert type(target.servers["aws"]).__name__ == "Aws"


def test_what_was_asked_for_is_remembered(instance: Instance) -> None:
    Embedded(instance).choose_emulator("localstack")
    target = _with_ports(instance)
    assert target.terraform().emulator == "localstack"
    assert type(target.servers["aws"]).__name__ == "LocalStack"
    target.choose_emulator(None)
    assert target.emulator == "localstack"


def test_an_emulator_that_enforces_no_role_needs_no_pod_identity(instance: Instance) -> None:
    assert "identity" in _with_ports(instance).servers
    Embedded(instance).choose_emulator("localstack")
    assert "identity" not in _with_ports(instance).servers


def test_another_one_is_refused_while_the_sandbox_runs(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Embedded(instance)
    monkeypatch.setattr(target, "is_running", lambda: True)
    with pytest.raises(OtherEmulatorError, match="runs on ministack, not on localstack"):
        target.choose_emulator("localstack")
    target.choose_emulator("ministack")


def test_an_unknown_one_is_a_wrong_usage(instance: Instance) -> None:
    with pytest.raises(UsageError, match="no emulator 'other'"):
        Embedded(instance).choose_emulator("other")
