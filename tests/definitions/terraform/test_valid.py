"""The definitions as the real terraform sees them through the sandbox's own provider; nothing is called."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from sandbox.instance import REPOSITORY
from sandbox.terraform import LocalTarget, command, provider, shadow
from sandbox.terraform.command import Binary

DEFINITIONS = REPOSITORY / "terraform"
EMULATORS = ("localstack", "ministack")
_RESOURCE = re.compile(r'^\s*(resource|data|module)\s+"(\w+)"(?:\s+"(\w+)")?', re.MULTILINE)
_VALUE = re.compile(r"^(\w+)\s*=", re.MULTILINE)
_VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)

needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: install Terraform 1.10 or newer"
)


def blocks(folder: Path) -> list[tuple[str, str, str]]:
    return [found for path in sorted(folder.glob("*.tf")) for found in _RESOURCE.findall(path.read_text())]


def test_no_resource_is_defined_twice() -> None:
    counted = Counter(blocks(DEFINITIONS))

    assert [name for name, number in counted.items() if number > 1] == []


@pytest.mark.parametrize("override", [path.name for path in (DEFINITIONS / "overrides").iterdir()])
def test_an_override_defines_nothing(override: str) -> None:
    assert blocks(DEFINITIONS / "overrides" / override) == []


def test_every_local_value_belongs_to_a_variable_and_stands_once_for_an_emulator() -> None:
    known = {name for path in DEFINITIONS.glob("*.tf") for name in _VARIABLE.findall(path.read_text())}
    given = {path.stem: _VALUE.findall(path.read_text()) for path in (DEFINITIONS / "overrides/local").glob("*.tfvars")}

    assert set(given) == {"local", *EMULATORS}
    for emulator in EMULATORS:
        names = Counter([*given["local"], *given[emulator]])
        assert set(names) <= known
        assert max(names.values()) == 1


def prepare(
    tmp_path: Path, definitions: Path = DEFINITIONS, emulator: str = "ministack"
) -> tuple[Path, dict[str, str]]:
    """A working directory with its state in a file, where no emulator is there to keep it."""
    target = LocalTarget("embedded", "http://127.0.0.1:1", "http://127.0.0.1:1", emulator=emulator)
    work = tmp_path / "work"
    shadow.lay_out(work, definitions, target.override, target.values, target.settings, keep_lock=False)
    (work / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    found = provider.provide(tmp_path / "tools", Binary.find().platform, "own")
    return work, command.environment(tmp_path / "data", found.environment)


def terraform(work: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["terraform", *arguments], cwd=work, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@needs_terraform
@pytest.mark.parametrize("emulator", EMULATORS)
def test_the_whole_can_be_planned_without_any_service(tmp_path: Path, emulator: str) -> None:
    work, environment = prepare(tmp_path, emulator=emulator)
    assert terraform(work, environment, "init", "-input=false").returncode == 0

    answer = terraform(work, environment, "plan", "-input=false", "-out=plan")
    shown = json.loads(terraform(work, environment, "show", "-json", "plan").stdout)

    assert answer.returncode == 0, answer.stderr
    planned = {
        change["address"]: change["change"] for change in shown["resource_changes"] if change["mode"] == "managed"
    }
    assert {tuple(change["actions"]) for change in planned.values()} == {("create",)}
    assert planned["aws_kinesis_stream.logs"]["after"]["encryption_type"] == "KMS"
    assert ("aws_eks_cluster.cali[0]" in planned) == (emulator == "ministack")
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
    work, environment = prepare(tmp_path, definitions)
    assert terraform(work, environment, "init", "-input=false").returncode == 0

    answer = terraform(work, environment, "validate", "-no-color")

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
