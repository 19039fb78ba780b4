"""What terraform itself says of the definitions, for each emulator and each environment of AWS."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.terraform import command
from tests.definitions.terraform.workdir import DEFINITIONS, EMULATORS, ENVIRONMENTS, TARGETS, Workdir, needs_terraform

_RESOURCE = re.compile(r'^\s*(resource|data|module)\s+"(\w+)"(?:\s+"(\w+)")?', re.MULTILINE)
_VALUE = re.compile(r"^(\w+)\s*=", re.MULTILINE)
_VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)


def blocks(folder: Path) -> list[tuple[str, str, str]]:
    return [found for path in sorted(folder.glob("*.tf")) for found in _RESOURCE.findall(path.read_text())]


def variables() -> set[str]:
    return {name for path in DEFINITIONS.glob("*.tf") for name in _VARIABLE.findall(path.read_text())}


def test_no_resource_is_defined_twice() -> None:
    counted = Counter(blocks(DEFINITIONS))

    assert [name for name, number in counted.items() if number > 1] == []


@pytest.mark.parametrize("override", [path.name for path in (DEFINITIONS / "overrides").iterdir()])
def test_an_override_defines_nothing(override: str) -> None:
    assert blocks(DEFINITIONS / "overrides" / override) == []


def test_every_local_value_belongs_to_a_variable_and_stands_once_for_an_emulator() -> None:
    given = {path.stem: _VALUE.findall(path.read_text()) for path in (DEFINITIONS / "overrides/local").glob("*.tfvars")}

    assert set(given) == {"local", *EMULATORS}
    for emulator in EMULATORS:
        names = Counter([*given["local"], *given[emulator]])
        assert set(names) <= variables()
        assert max(names.values()) == 1


def test_every_value_of_an_environment_belongs_to_a_variable() -> None:
    given = {path.stem: _VALUE.findall(path.read_text()) for path in (DEFINITIONS / "environments").glob("*.tfvars")}

    assert set(given) == set(ENVIRONMENTS)
    for names in given.values():
        assert set(names) <= variables()


@needs_terraform
@pytest.mark.parametrize("target", TARGETS)
def test_each_target_is_valid(target: str, workdir: Callable[[str], Workdir]) -> None:
    answer = workdir(target).run("validate", "-no-color")

    assert answer.returncode == 0, answer.stderr
    assert "Warning" not in answer.stdout + answer.stderr


@needs_terraform
@pytest.mark.parametrize("target", TARGETS)
def test_each_target_can_be_planned_without_any_service(target: str, plan: Callable[[str], dict[str, Any]]) -> None:
    shown = plan(target)

    planned = {
        change["address"]: change["change"] for change in shown["resource_changes"] if change["mode"] == "managed"
    }
    assert {tuple(change["actions"]) for change in planned.values()} == {("create",)}
    assert {"stream_name", "bucket_name", "lease_table", "ledger_table", "opensearch_endpoint"} <= set(
        shown["planned_values"]["outputs"]
    )


@needs_terraform
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('resource "aws_kinesis_stream" "x" {\n  name = "x"\n  colour = "red"\n}\n', "Unsupported argument"),
        ('resource "aws_kinesis_stream" "x" {}\n', "Missing required argument"),
        ('resource "aws_no_such_thing" "x" {}\n', "Invalid resource type"),
    ],
)
def test_what_the_provider_does_not_know_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    definitions = tmp_path / "terraform"
    shutil.copytree(DEFINITIONS, definitions)
    (definitions / "99-more.tf").write_text(text)
    work = Workdir.lay_out(tmp_path / "root", "ministack", definitions)

    answer = work.run("validate", "-no-color")

    assert answer.returncode == 1
    assert problem in answer.stderr
    assert "99-more.tf line" in answer.stderr


@needs_terraform
def test_files_are_formatted() -> None:
    answer = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", str(DEFINITIONS)],
        env=command.environment(Path(), {"TF_CLI_CONFIG_FILE": "/dev/null"}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.stdout == ""
