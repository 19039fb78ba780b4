"""A program in terraform's place that records how it was called, and says what a test has it say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sandbox.instance import REPOSITORY
from sandbox.terraform import TerraformRun
from sandbox.terraform.aws import OfflineTarget

_TERRAFORM = """#!/bin/sh
[ "$1" = version ] && { echo '{"terraform_version": "1.11.4", "platform": "linux_amd64"}'; exit 0; }
echo "$@" >> "$HOME/calls"
[ "$1" = init ] && mkdir -p "$TF_DATA_DIR/providers"
[ "$1" = show ] && [ "$2" = -json ] && { echo '{"resource_changes": []}'; exit 0; }
[ -e "$HOME/$1.out" ] && cat "$HOME/$1.out"
[ -e "$HOME/$1.err" ] && { cat "$HOME/$1.err" >&2; exit 1; }
[ -e "$HOME/$1.fails" ] && exit 1
exit 0
"""


class Fake:
    """A folder with a terraform on PATH, and what it is to say."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.definitions = home / "terraform"
        for folder in ("environments", "overrides/offline"):
            (self.definitions / folder).mkdir(parents=True)
        (self.definitions / "main.tf").write_text("# main\n")
        (self.definitions / "environments" / "dev.tfvars").write_text('environment = "dev"\n')
        shutil.copytree(REPOSITORY / "terraform" / "backends", self.definitions / "backends")
        self.binary = home / "bin" / "terraform"
        self.binary.parent.mkdir()
        self.binary.write_text(_TERRAFORM)
        self.binary.chmod(0o755)
        self.notices: list[str] = []

    def run(self, target: OfflineTarget) -> TerraformRun:
        return TerraformRun(
            target,
            state=self.home / "state",
            tools=self.home / "tools",
            definitions=self.definitions,
            notice=self.notices.append,
            choice="own",
        )

    def says(self, verb: str, *messages: dict[str, Any], fails: bool = False) -> None:
        (self.home / f"{verb}.out").write_text("".join(json.dumps(message) + "\n" for message in messages))
        if fails:
            (self.home / f"{verb}.fails").touch()

    @property
    def calls(self) -> list[str]:
        path = self.home / "calls"
        return path.read_text().splitlines() if path.exists() else []
