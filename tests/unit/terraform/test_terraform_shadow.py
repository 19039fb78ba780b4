from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sandbox.terraform import LocalTarget, shadow
from sandbox.terraform.command import environment

TARGET = LocalTarget("embedded", aws_endpoint="http://127.0.0.1:1", firehose_endpoint="http://127.0.0.1:2")
VALUES = ("overrides/local/local.tfvars", "overrides/local/one.tfvars")


def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "terraform"
    (folder / "overrides" / "local").mkdir(parents=True)
    (folder / "main.tf").write_text("# main")
    (folder / ".terraform.lock.hcl").write_text("# lock")
    (folder / "overrides" / "local" / "main_override.tf").write_text("# override")
    (folder / "overrides" / "local" / "local.tfvars").write_text("a = 1")
    (folder / "overrides" / "local" / "one.tfvars").write_text("a = 2")
    (folder / "overrides" / "local" / "other.tfvars").write_text("a = 3")
    return folder


def test_the_override_is_laid_over_the_definitions(tmp_path: Path) -> None:
    folder, work = definitions(tmp_path), tmp_path / "work"

    origins = shadow.lay_out(work, folder, "local", VALUES, {"b": 2}, keep_lock=False)

    assert {path.name for path in work.iterdir()} == {
        "main.tf",
        "main_override.tf",
        "0-local.auto.tfvars",
        "1-one.auto.tfvars",
        "sandbox.auto.tfvars.json",
    }
    assert origins["main.tf"] == folder / "main.tf"
    assert json.loads((work / "sandbox.auto.tfvars.json").read_text()) == {"b": 2}


def test_what_left_the_definitions_leaves_the_working_directory(tmp_path: Path) -> None:
    folder, work = definitions(tmp_path), tmp_path / "work"
    shadow.lay_out(work, folder, "local", VALUES, {}, keep_lock=False)
    (folder / "main.tf").rename(folder / "other.tf")

    shadow.lay_out(work, folder, "local", VALUES, {}, keep_lock=False)

    assert not (work / "main.tf").exists()
    assert (work / "other.tf").exists()


def test_only_the_real_provider_gets_the_committed_lock(tmp_path: Path) -> None:
    folder = definitions(tmp_path)

    shadow.lay_out(tmp_path / "own", folder, "local", VALUES, {}, keep_lock=False)
    shadow.lay_out(tmp_path / "real", folder, "local", VALUES, {}, keep_lock=True)

    assert not (tmp_path / "own" / ".terraform.lock.hcl").exists()
    assert (tmp_path / "real" / ".terraform.lock.hcl").read_text() == "# lock"


def test_nothing_of_the_user_reaches_terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": "https://aws",
        "TF_VAR_region": "x",
        "TF_CLI_ARGS": "-destroy",
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)

    settings = environment(tmp_path, {"TF_CLI_CONFIG_FILE": "own"})

    assert not set(foreign) & set(settings)
    assert settings["AWS_CONFIG_FILE"] == os.devnull
    assert settings["TF_DATA_DIR"] == str(tmp_path)
