"""Checkov on a folder of definitions: what it finds, as `file:line: rule: resource: what should be`."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.definitions.terraform.workdir import DEFINITIONS

#: Its environment is its own, since it pins what the sandbox pins otherwise; `tox -e definitions` makes it.
PROGRAM = os.environ.get("CALI_CHECKOV", "")

needs_checkov = pytest.mark.skipif(not PROGRAM, reason="checkov has an environment of its own: run `make definitions`")


@dataclass(frozen=True, order=True)
class Finding:
    """A rule that a resource breaks.

    Attributes:
        place: File and line.
        rule: The rule's id.
        resource: The resource.
        text: What should be.
    """

    place: str
    rule: str
    resource: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule}: {self.resource}: {self.text}"


def skipped() -> set[str]:
    """The rules that do not hold here."""
    return set(yaml.safe_load((DEFINITIONS / "checkov.yaml").read_text())["skip-check"])


def findings(definitions: Path, home: Path) -> list[Finding]:
    """All that checkov finds in a folder with the values of production, whether it is skipped or not."""
    answer = subprocess.run(
        [
            PROGRAM,
            *("--directory", str(definitions), "--framework", "terraform", "--output", "json", "--compact", "--quiet"),
            *("--var-file", str(definitions / "environments" / "prod.tfvars")),
            *("--skip-path", "overrides", "--skip-path", "tests"),
            "--skip-download",
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    try:
        report = json.loads(answer.stdout)
    except ValueError:
        pytest.fail(f"checkov: {answer.stderr or answer.stdout}")
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 0
    return sorted(
        Finding(
            f"terraform{check['file_path']}:{check['file_line_range'][0]}",
            check["check_id"],
            check["resource"],
            check["check_name"],
        )
        for check in report["results"]["failed_checks"]
    )
