"""The committed summaries of what is planned for AWS: made, and compared with what is planned now."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from sandbox.errors import SandboxError
from sandbox.terraform import summary
from sandbox.terraform.aws import OfflineTarget
from sandbox.terraform.run import TerraformRun
from sandbox.tfprovider import placeholders

COMMAND = "bin/sandbox terraform --target aws summary --write"


class SummaryDiffersError(SandboxError):
    """What is planned is not what the committed summary says.

    Attributes:
        path: The committed summary.
        difference: How it differs, line by line.
    """

    def __init__(self, path: Path, difference: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name} is not what is planned", hint=f"`{COMMAND}` writes it anew")
        self.path = path
        self.difference = difference


def path_of(definitions: Path, environment: str) -> Path:
    """Where the summary of an environment is committed."""
    return definitions / "summaries" / f"{environment}.yaml"


def make(run: Callable[[OfflineTarget, dict[str, str]], TerraformRun], environment: str) -> str:
    """The summary of what is planned now.

    Args:
        run: Makes the run of terraform for a target, with variables for the provider.
        environment: Of what.
    """
    planned = run(OfflineTarget(environment), {placeholders.VARIABLE: "1"}).review()
    return summary.render(planned.document, environment)


def check(path: Path, planned: str, *, exactly: bool) -> None:
    """Raise SummaryDiffersError unless the committed summary is the planned one.

    Args:
        path: The committed summary, which the sandbox's own provider made.
        planned: What is planned now.
        exactly: Whether the same provider planned it. The published one leaves more unknown: that differs from nothing.
    """
    committed = path.read_text() if path.exists() else ""
    if committed == planned:
        return
    if exactly:
        lines = difflib.unified_diff(committed.splitlines(), planned.splitlines(), "committed", "planned", lineterm="")
        raise SummaryDiffersError(path, "\n".join(lines))
    found = differences(yaml.safe_load(committed), yaml.safe_load(planned))
    if found:
        raise SummaryDiffersError(path, "\n".join(found))


def differences(committed: Any, planned: Any, path: str = "") -> list[str]:
    """Where two summaries differ; what one of them does not know differs from nothing."""
    if any(isinstance(value, str) and value.startswith(summary.UNKNOWN[:-1]) for value in (committed, planned)):
        return []
    if isinstance(committed, dict) and isinstance(planned, dict):
        found: list[str] = []
        for name in sorted({*committed, *planned}):
            found += differences(committed.get(name), planned.get(name), f"{path}/{name}")
        return found
    if isinstance(committed, list) and isinstance(planned, list) and len(committed) == len(planned):
        return [line for a, b in zip(committed, planned, strict=True) for line in differences(a, b, path)]
    return [] if committed == planned else [f"{path}: committed {committed!r}, planned {planned!r}"]
