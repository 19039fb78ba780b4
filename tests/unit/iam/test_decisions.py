from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.iam import principals
from sandbox.iam.decisions import Decision, family, read, write


@pytest.mark.parametrize(
    ("resource", "counted"),
    [
        ("arn:aws:s3:::logs/raw/dt=2026-11-25/one.gz", "arn:aws:s3:::logs/raw/*"),
        ("arn:aws:s3:::logs/one.gz", "arn:aws:s3:::logs/*"),
        ("arn:aws:s3:::logs", "arn:aws:s3:::logs"),
        ("arn:aws:dynamodb:r:1:table/t/index/i", "arn:aws:dynamodb:r:1:table/t/index/i"),
        ("*", "*"),
    ],
)
def test_objects_are_counted_by_their_prefix(resource: str, counted: str) -> None:
    assert family(resource) == counted


@given(st.text())
def test_a_family_is_its_own_family(resource: str) -> None:
    assert family(family(resource)) == family(resource)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [Decision("cali-consumer", "kinesis:GetRecords", "*", allowed=2, denied=1, denied_at=3.5)]
    write(tmp_path / "file", rows)
    assert read(tmp_path / "file") == rows


def test_without_a_file_nothing_was_decided(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == []


def test_a_services_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = principals.credentials(tmp_path, principals.PODS)
    assert first == principals.credentials(tmp_path, principals.PODS)
    assert first != principals.credentials(tmp_path, principals.FIREHOSE)
    assert stat.S_IMODE((tmp_path / principals.FILE).stat().st_mode) == 0o600
