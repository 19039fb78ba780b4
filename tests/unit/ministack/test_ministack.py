"""What the emulator's hooks do, but for the hooking: MiniStack itself is in no environment of the tests."""

from __future__ import annotations

import json
import stat
import threading
import time
from pathlib import Path

import pytest

from sandbox.iam import principals
from sandbox.iam.decisions import read
from sandbox.ministack import resources, services, sessions
from sandbox.ministack.recorder import Recorder

ACCOUNT = "000000000000"


def test_decisions_are_counted_and_kept_over_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        recorder = Recorder(tmp_path / "decisions.json")
        recorder.record("role", "s3:PutObject", "arn:aws:s3:::b/raw/1", allowed=True)
        recorder.record("role", "s3:PutObject", "arn:aws:s3:::b/raw/2", allowed=False)
        recorder.close()
    [row] = read(tmp_path / "decisions.json")
    assert (row.resource, row.allowed, row.denied) == ("arn:aws:s3:::b/raw/*", 2, 2)
    assert row.denied_since == row.denied_at >= row.allowed_at


def test_a_disk_that_is_full_for_a_while_loses_no_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def full(_path: Path, _decisions: object) -> None:
        failed.set()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("sandbox.ministack.recorder.write", full)
        recorder = Recorder(tmp_path / "decisions.json")
        recorder.record("role", "kinesis:GetRecords", "*", allowed=False)
        assert failed.wait(10)
    recorder.record("role", "kinesis:GetRecords", "*", allowed=False)
    recorder.close()
    assert [row.denied for row in read(tmp_path / "decisions.json")] == [2]


def test_an_allowance_ends_a_denial(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "decisions.json")
    for allowed in (False, False, True):
        recorder.record("role", "kinesis:GetRecords", "*", allowed=allowed)
    recorder.close()
    [row] = read(tmp_path / "decisions.json")
    assert row.denied_since == 0.0
    assert row.denied == 2


def test_a_service_may_assume_roles_and_nothing_else(tmp_path: Path) -> None:
    found = services.sessions_of(principals.ensure(tmp_path), ACCOUNT)
    assert {services.service_of(session["Arn"]) for session in found.values()} == {
        principals.PODS,
        principals.FIREHOSE,
    }
    for session in found.values():
        statement = json.loads(session["SessionPolicies"]["Policy"])["Statement"]
        assert not [action for action in statement["Action"] if "*" in action]


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/cali-consumer/pods.eks.amazonaws.com",
        f"arn:aws:sts::{ACCOUNT}:federated-user/somebody",
    ],
)
def test_nobody_else_is_a_service(arn: str) -> None:
    assert services.service_of(arn) == ""


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        ({"Service": "pods.eks.amazonaws.com"}, True),
        ({"Service": ["firehose.amazonaws.com", "pods.eks.amazonaws.com"]}, True),
        ({"Service": "firehose.amazonaws.com"}, False),
        ({"AWS": "*"}, False),
        ("*", False),
    ],
)
def test_a_trust_policy_names_the_service(principal: object, trusted: bool) -> None:
    assert services.trusts(principal, principals.PODS) is trusted


def test_sessions_outlive_the_emulator_until_they_run_out(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    sessions.save({"A": {"Expiration": time.time() + 60}, "B": {"Expiration": time.time() - 1}, "SERVICE": {}}, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restored: dict[str, dict[str, object]] = {}
    sessions.restore(restored, file)
    assert restored.keys() == {"A"}


def test_sessions_that_cannot_be_read_are_assumed_anew(tmp_path: Path) -> None:
    (tmp_path / "sessions.json").write_text("{")
    restored: dict[str, dict[str, object]] = {}
    sessions.restore(restored, tmp_path / "sessions.json")
    assert restored == {}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/2021-01-01/opensearch/domain/cali-logs", "cali-logs"),
        ("/2021-01-01/opensearch/domain/cali-logs/config", "cali-logs"),
        ("/2021-01-01/opensearch/domain", ""),
        ("/", ""),
    ],
)
def test_a_search_domain_is_named_by_its_path(path: str, name: str) -> None:
    expected = f"arn:aws:es:ap-northeast-2:{ACCOUNT}:domain/{name}" if name else ""
    assert resources.domain(path, "ap-northeast-2", ACCOUNT) == expected
