"""`terraform test` with made-up services: the branches of each target, and what variables refuse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.definitions.terraform.workdir import DEFINITIONS, TARGETS, Workdir, needs_terraform

FILES = {
    "dev": ("contracts", "aws", "refused"),
    "prod": ("contracts",),
    "localstack": ("contracts", "localstack"),
    "ministack": ("contracts", "ministack"),
}


def test_every_file_is_run() -> None:
    there = {path.name.removesuffix(".tftest.hcl") for path in (DEFINITIONS / "tests").iterdir()}

    assert there == {name for names in FILES.values() for name in names}
    assert set(FILES) == set(TARGETS)


@needs_terraform
@pytest.mark.parametrize("target", TARGETS)
def test_a_target_passes(target: str, workdir: Callable[[str], Workdir]) -> None:
    chosen = [f"-filter=tests/{name}.tftest.hcl" for name in FILES[target]]

    answer = workdir(target).run("test", "-no-color", *chosen)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert ", 0 failed." in answer.stdout


def test_every_rule_of_a_variable_refuses_something() -> None:
    blocks = re.split(r'^variable "', (DEFINITIONS / "variables.tf").read_text(), flags=re.MULTILINE)[1:]
    ruled = {block.split('"')[0] for block in blocks if "  validation {" in block}
    tried = set(re.findall(r"\bvar\.(\w+)[,\]]", (DEFINITIONS / "tests" / "refused.tftest.hcl").read_text()))

    assert tried == ruled
