"""Runs checkov on rendered manifests, and knows which of its rules do not hold here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.definitions.rendering.renders import Manifest

_POLICY = yaml.safe_load((Path(__file__).parent / "policy.yaml").read_text())

EVERYWHERE = frozenset(_POLICY["everywhere"])
EXCEPTIONS = frozenset((entry["rule"], name) for entry in _POLICY["exceptions"] for name in entry["resources"])


@dataclass(frozen=True, order=True)
class Failure:
    """A rule that a resource breaks.

    Attributes:
        source: What was rendered.
        resource: Its kind, namespace and name.
        rule: Checkov's id of the rule.
        meaning: What it demands.
    """

    source: str
    resource: str
    rule: str
    meaning: str

    def __str__(self) -> str:
        return f"{self.source}: {self.resource}: {self.rule} {self.meaning}"


def check(checkov: Path, rendered: dict[str, list[Manifest]], folder: Path) -> list[Failure]:
    """What breaks a rule that holds everywhere, exceptions included, by the name of what was rendered."""
    for name, manifests in rendered.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests))
    command = [str(checkov), "--directory", str(folder), "--framework", "kubernetes", "--output", "json", "--quiet"]
    options = ["--compact", "--skip-download", "--skip-check", ",".join(sorted(EVERYWHERE))]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=170)
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"], "checkov checked nothing"
    return sorted(
        Failure(Path(found["file_path"]).stem, found["resource"], found["check_id"], found["check_name"])
        for found in report["results"]["failed_checks"]
    )
