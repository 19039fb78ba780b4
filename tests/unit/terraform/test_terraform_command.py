from __future__ import annotations

import json
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import ExitCode
from sandbox.terraform import (
    DefinitionFaultError,
    TerraformError,
    TerraformMissingError,
    TerraformVersionError,
    command,
)
from sandbox.terraform.command import Binary
from sandbox.terraform.diagnostics import Result


def said(tmp_path: Path, *messages: dict[str, Any], code: int = 1) -> Result:
    """What is gathered from a terraform that says `messages`."""
    script = tmp_path / "terraform"
    lines = "\n".join(json.dumps(message) for message in messages)
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\nexit {code}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    with tempfile.TemporaryFile() as file:
        return command.run(
            [str(script)],
            work=tmp_path,
            environment={"PATH": "/usr/bin:/bin"},
            inherit=file.fileno(),
            origins={"01-kinesis.tf": tmp_path / "terraform" / "01-kinesis.tf"},
            log=tmp_path / "log",
        )


def diagnostic(summary: str, detail: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "diagnostic", "diagnostic": {"severity": "error", "summary": summary, "detail": detail, **more}}


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    span = {"filename": "01-kinesis.tf", "start": {"line": 3}}

    result = said(tmp_path, diagnostic("Unsupported argument", 'An argument named "x" is not expected.', range=span))

    expected = 'terraform/01-kinesis.tf:3: Unsupported argument: An argument named "x" is not expected.'
    assert result.errors == [expected]
    assert result.in_definitions
    assert result.code == 1
    assert str(DefinitionFaultError("plan", result.errors)) == f"terraform plan: {expected}"


def test_a_failed_resource_is_no_broken_file(tmp_path: Path) -> None:
    span = {"filename": "01-kinesis.tf", "start": {"line": 3}}

    result = said(tmp_path, diagnostic("creating", "refused", range=span, address="aws_kinesis_stream.logs"))

    assert result.errors == ["terraform/01-kinesis.tf:3: aws_kinesis_stream.logs: creating: refused"]
    assert not result.in_definitions


def test_an_error_is_one_line_however_terraform_writes_it(tmp_path: Path) -> None:
    assert said(tmp_path, diagnostic("No bucket.\n\nMake one", " a\n  b")).errors == ["No bucket. Make one: a b"]


def test_the_holder_of_a_lock_is_found(tmp_path: Path) -> None:
    lock = "ebcb21eb-6ca3-66e0-82bb-b84e5c6c4c40"
    other = "841f3a1a-db44-4393-b519-4b4dd2573485"
    detail = f"RequestID: {other}, refused\nLock Info:\n  ID:        {lock}\n  Who:       me@here\n"

    result = said(tmp_path, diagnostic("Error acquiring the state lock", detail))

    assert (result.lock, result.lock_holder) == (lock, "me@here")


def test_all_messages_are_kept_in_order(tmp_path: Path) -> None:
    result = said(
        tmp_path, {"type": "version"}, {"type": "outputs", "outputs": {}}, {"type": "outputs", "n": 2}, code=0
    )

    assert [message["type"] for message in result.messages] == ["version", "outputs", "outputs"]
    assert result.last("outputs") == {"type": "outputs", "n": 2}
    assert result.last("other") == {}
    assert result.code == 0


def test_several_errors_are_counted() -> None:
    assert str(TerraformError("apply", ["one", "two", "three"])) == "terraform apply: one (and 2 more)"


def test_without_terraform_a_prerequisite_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(TerraformMissingError, match="terraform is not on PATH") as caught:
        Binary.find()

    assert caught.value.exit_code == ExitCode.PREREQUISITE


def test_an_old_terraform_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "terraform"
    script.write_text('#!/bin/sh\necho \'{"terraform_version": "1.5.7", "platform": "linux_amd64"}\'\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(TerraformVersionError, match=r"terraform is 1\.5\.7, the definitions need 1\.10 or newer"):
        Binary.find()
