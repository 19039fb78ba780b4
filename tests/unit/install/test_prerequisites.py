from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox.errors import ExitCode
from sandbox.install import prerequisites
from sandbox.install.prerequisites import MissingError


def assert_says_all(error: MissingError) -> None:
    assert error.what
    assert error.purpose
    assert error.remedy
    assert "\n" not in str(error)
    assert error.exit_code == ExitCode.PREREQUISITE


def test_an_old_python_is_named() -> None:
    with pytest.raises(MissingError, match=r"python3 is 3\.10\.4") as caught:
        prerequisites.check_python((3, 10, 4))
    assert_says_all(caught.value)


def test_a_missing_terraform_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="terraform is not on PATH") as caught:
        prerequisites.check_terraform()
    assert_says_all(caught.value)


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**30))
    with pytest.raises(MissingError, match=r"1\.0 GiB free of the 4\.0 GiB") as caught:
        prerequisites.check_disk(tmp_path / "not" / "there")
    assert_says_all(caught.value)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MissingError, match="cannot be written") as caught:
        prerequisites.check_disk(tmp_path / "file", needed_gib=0)
    assert_says_all(caught.value)


def pretend_pip(folder: Path, script: str) -> str:
    """A `python` whose pip does what `script` says."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_a_registry_that_answers_is_fine(tmp_path: Path) -> None:
    prerequisites.check_registry({"PATH": "/usr/bin:/bin"}, pretend_pip(tmp_path, "exit 0"))


def test_a_registry_that_refuses_is_named(tmp_path: Path) -> None:
    python = pretend_pip(tmp_path, "echo 'ERROR: No matching distribution found' >&2; exit 1")
    with pytest.raises(MissingError, match="no package registry answers") as caught:
        prerequisites.check_registry({"PATH": "/usr/bin:/bin"}, python)
    assert_says_all(caught.value)


def test_a_registry_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "REGISTRY_TIMEOUT_S", 0.1)
    with pytest.raises(MissingError, match="no package registry answers"):
        prerequisites.check_registry({"PATH": "/usr/bin:/bin"}, pretend_pip(tmp_path, "exec sleep 60"))


def test_an_untrusted_certificate_is_told_from_no_network() -> None:
    error = prerequisites.registry_missing("SSLError(SSLCertVerificationError: certificate verify failed)")
    assert "SSL_CERT_FILE" in error.remedy


def test_the_bootstrap_stops_with_one_line_and_three(tmp_path: Path) -> None:
    bootstrap = Path(prerequisites.__file__).parents[1] / "bootstrap.py"
    environment = {"PATH": str(tmp_path), "CALI_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, str(bootstrap)], env=environment, capture_output=True, text=True, timeout=20, check=False
    )
    assert answer.returncode == ExitCode.PREREQUISITE
    assert answer.stderr.count("\n") == 1
    assert "terraform" in answer.stderr
