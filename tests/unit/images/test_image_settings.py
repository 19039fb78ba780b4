from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import UsageError
from sandbox.images.registry import host_of
from sandbox.images.settings import Settings

PEM = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("reference", "mirrored"),
    [
        ("python:3.11.14-slim-bookworm", "m.example/hub/library/python:3.11.14-slim-bookworm"),
        ("kindest/node:v1.37.0", "m.example/hub/kindest/node:v1.37.0"),
        ("docker.io/kindest/node:v1.37.0", "m.example/hub/kindest/node:v1.37.0"),
        ("registry.k8s.io/pause:3.10", "m.example/hub/registry.k8s.io/pause:3.10"),
    ],
)
def test_a_mirror_holds_images_under_their_own_paths(reference: str, mirrored: str) -> None:
    assert Settings(registry="m.example/hub").published(reference) == mirrored
    assert Settings().published(reference) == reference


@pytest.mark.parametrize(
    ("reference", "host"),
    [
        ("python:3.11", "docker.io"),
        ("kindest/node:v1", "docker.io"),
        ("registry.k8s.io/pause:3.10", "registry.k8s.io"),
        ("localhost/pause", "localhost"),
        ("m.example:5000/pause", "m.example:5000"),
    ],
)
def test_the_host_of_a_reference(reference: str, host: str) -> None:
    assert host_of(reference) == host


def test_the_machines_own_certificates_are_taken_unless_a_file_is_named(tmp_path: Path) -> None:
    system = tmp_path / "system"
    (system / "inner").mkdir(parents=True)
    (system / "a.crt").write_bytes(PEM)
    (system / "inner" / "b.crt").write_bytes(PEM + b"#")
    (system / "notes.txt").write_text("no")
    assert Settings.from_environment({}, system).certificates == (PEM, PEM + b"#")
    named = tmp_path / "company.pem"
    named.write_bytes(PEM)
    assert Settings.from_environment({"CALI_CA_FILE": str(named)}, system).certificates == (PEM,)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"CALI_IMAGES": "maybe"}, "CALI_IMAGES is 'maybe'"),
        ({"CALI_REGISTRY": "https://m.example"}, "leave out the scheme"),
        ({"CALI_CA_FILE": "/nowhere.pem"}, "CALI_CA_FILE is '/nowhere.pem': No such file"),
        ({"CALI_CA_FILE": __file__ + "c"}, "CALI_CA_FILE is"),
    ],
)
def test_a_wrong_setting_is_one_line(environment: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.from_environment(environment, tmp_path)
    assert message in str(refused.value)


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(UsageError, match="holds no PEM certificate"):
        Settings.from_environment({"CALI_CA_FILE": str(empty)}, tmp_path)
