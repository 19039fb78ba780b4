from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox.errors import ExitCode, PrerequisiteError
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
    with pytest.raises(PrerequisiteError, match="terraform is not on PATH") as caught:
        prerequisites.check_terraform()
    assert caught.value.hint


def test_a_terraform_that_is_too_old_is_told_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "terraform"
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.9.8", "platform": "linux_amd64"}\'\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrerequisiteError, match=r"1\.9\.8.*1\.10"):
        prerequisites.check_machine(tmp_path / "home", installing=False)


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


def bootstrap(path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run with nothing but `path` on PATH."""
    script = Path(prerequisites.__file__).parents[1] / "bootstrap.py"
    environment = {"PATH": str(path), "CALI_HOME": str(home), "HOME": str(path)}
    return subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=20, check=False
    )


def test_the_bootstrap_stops_with_one_line_and_three_and_asks_for_no_terraform(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = bootstrap(tmp_path, tmp_path / "file")
    assert answer.returncode == ExitCode.PREREQUISITE
    assert answer.stderr.count("\n") == 1
    assert "cannot be written" in answer.stderr
