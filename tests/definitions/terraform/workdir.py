"""The definitions as the real terraform sees them for one target, through the own provider; nothing is called."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.instance import REPOSITORY
from sandbox.terraform import LocalTarget, command, provider, shadow
from sandbox.terraform.command import Binary

DEFINITIONS = REPOSITORY / "terraform"
EMULATORS = ("localstack", "ministack")
ENVIRONMENTS = ("dev", "prod")
TARGETS = (*EMULATORS, *ENVIRONMENTS)
#: The emulators' account, so that plans of AWS and of an emulator differ in nothing but what the definitions say.
ACCOUNT = "000000000000"
_NOWHERE = "http://127.0.0.1:1"

needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: install Terraform 1.10 or newer"
)


@dataclass(frozen=True)
class Workdir:
    """A working directory after `terraform init`, with its state in a file.

    Attributes:
        path: The directory.
        environment: What terraform gets to see.
    """

    path: Path
    environment: dict[str, str]

    @classmethod
    def lay_out(cls, root: Path, target: str, definitions: Path = DEFINITIONS) -> Workdir:
        """The definitions with what belongs to a target, an emulator or an environment of AWS."""
        path = root / "work"
        if target in EMULATORS:
            local = LocalTarget("embedded", _NOWHERE, _NOWHERE, emulator=target)
            shadow.lay_out(path, definitions, local.override, local.values, local.settings, keep_lock=False)
        else:
            values = (f"environments/{target}.tfvars",)
            shadow.lay_out(path, definitions, "", values, {"account_id": ACCOUNT}, keep_lock=False)
        (path / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
        shutil.copytree(definitions / "tests", path / "tests")
        found = provider.provide(root / "tools", Binary.find().platform, "own")
        work = cls(path, command.environment(root / "data", found.environment))
        work.run("init", "-input=false", check=True)
        return work

    def run(self, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run terraform here."""
        answer = subprocess.run(
            ["terraform", *arguments],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if check:
            assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer

    def plan(self) -> dict[str, Any]:
        """The plan from nothing, as JSON."""
        self.run("plan", "-input=false", "-out=plan", check=True)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan", check=True).stdout)
        return shown
