"""Settings of an `up`: one that asks for what does not run yet is not up to date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sandbox.definitions import digest
from sandbox.instance import REPOSITORY, Home
from sandbox.services.base import ProcessState
from sandbox.targets import asked
from sandbox.targets.containers import Containers
from sandbox.targets.embedded import Embedded


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """A sandbox that is up, as a target whose one process runs."""
    for name in ("CALI_SHARDS", "CALI_SLACK_RATE", "CALI_PORT_AWS", "CALI_PORT_FIREHOSE"):
        monkeypatch.delenv(name, raising=False)
    target = Embedded(Home(tmp_path).instance("unit"))
    target.memory.state = "up"
    target.memory.ports = {"aws": 4566, "firehose": 4573}
    target.memory.variant = {"definitions": digest.definitions(REPOSITORY)}
    monkeypatch.setattr(target, "states", lambda: {"aws": ProcessState("RUNNING", 1, "")})
    monkeypatch.setattr(target, "stores", lambda: Stores(StreamName="cali-logs-stream"))
    return target


class Stores:
    """A Kinesis that knows one stream, or none."""

    def __init__(self, **known: str) -> None:
        self.known = known
        self.kinesis = self
        self.outputs = {"stream_name": "cali-logs-stream"}

    def describe_stream_summary(self, **asked_for: str) -> None:
        if asked_for != self.known:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeStreamSummary")


def test_an_emulator_that_lost_its_stream_is_not_up(up: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert up.is_up_to_date()
    monkeypatch.setattr(up, "stores", Stores)
    assert not up.is_up_to_date()


@pytest.mark.parametrize(("name", "value"), [("CALI_SHARDS", "4"), ("CALI_SLACK_RATE", "50")])
def test_another_setting_brings_it_up_anew_once(
    up: Embedded, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert up.is_up_to_date()
    monkeypatch.setenv(name, value)
    assert not up.is_up_to_date()
    asked.remember(os.environ, up.memory.variant)
    assert up.is_up_to_date()


def test_shards_stay_as_many_as_they_are_until_others_are_asked_for(
    up: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert up.terraform().variables == ()
    monkeypatch.setenv("CALI_SHARDS", "4")
    asked.remember(os.environ, up.memory.variant)
    monkeypatch.delenv("CALI_SHARDS")
    assert dict(up.terraform().variables) == {"shard_count": 4}
    assert up.is_up_to_date()
    monkeypatch.setenv("CALI_SHARDS", "1")
    assert dict(up.terraform().variables) == {"shard_count": 1}


def test_the_rate_is_the_last_ups(up: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALI_SLACK_RATE", "50")
    asked.remember(os.environ, up.memory.variant)
    monkeypatch.delenv("CALI_SLACK_RATE")
    assert not up.is_up_to_date()
    asked.remember(os.environ, up.memory.variant)
    assert up.is_up_to_date()


def test_another_shell_takes_the_rate_of_the_last_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Home(tmp_path).instance("unit")
    instance.create()
    monkeypatch.setenv("CALI_SLACK_RATE", "50")
    before = Containers(instance)
    before.memory.ports = {"slack": 8092, "opensearch": 9200, "firehose": 4573, "aws": 4566, "identity": 8094}
    before.begin()
    monkeypatch.delenv("CALI_SLACK_RATE")
    assert Containers(instance).servers["slack"].definition().command[-2:] == ("--rate", "50")
    assert Containers(instance).runtime_settings()["slack_rate"] == "50"
    assert Embedded(instance).servers["slack"].program().argv[-2:] == ("--rate", "50")
    monkeypatch.setenv("CALI_SLACK_RATE", "70")
    assert Containers(instance).servers["slack"].definition().command[-2:] == ("--rate", "50")
