"""The working directory of a target: the definitions with one override laid over them.

Terraform never runs in the committed folder: its lock file and data stay untouched, and two targets never meet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SETTINGS = "sandbox.auto.tfvars.json"
_LOCK_FILE = ".terraform.lock.hcl"


def sources(definitions: Path, override: str, values: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Every file of the working directory by its name there, with where it comes from."""
    for path in sorted(definitions.glob("*.tf")):
        yield path.name, path
    if override:
        for path in sorted((definitions / "overrides" / override).glob("*.tf")):
            yield path.name, path
    for number, name in enumerate(values):
        # Read by every command of terraform, without an option, in the order of their names.
        yield f"{number}-{Path(name).stem}.auto.tfvars", definitions / name


def lay_out(  # noqa: PLR0913 - each is a source of the folder
    work: Path,
    definitions: Path,
    override: str,
    values: Sequence[str],
    settings: Mapping[str, Any],
    *,
    keep_lock: bool,
) -> dict[str, Path]:
    """Make `work` hold exactly the definitions, the override, the values and the settings.

    Args:
        work: The working directory.
        definitions: `terraform/` of the checkout.
        override: The folder below `overrides/`; empty for none, as on AWS.
        values: .tfvars files below `definitions`.
        settings: Variables that only this run knows; they go before all others.
        keep_lock: Whether the committed lock file of the providers applies.

    Returns:
        The file in the checkout that each file of the working directory comes from.
    """
    work.mkdir(parents=True, exist_ok=True)
    origins = dict(sources(definitions, override, values))
    for path in work.iterdir():
        if path.is_file() and path.name not in origins and path.suffix in (".tf", ".tfvars", ".json"):
            path.unlink()
    for name, origin in origins.items():
        _write(work / name, origin.read_text())
    _write(work / SETTINGS, json.dumps(dict(settings), indent=2) + "\n")
    if keep_lock and not (work / _LOCK_FILE).exists():
        renew_lock(work, definitions, keep=True)
    return origins


def renew_lock(work: Path, definitions: Path, *, keep: bool) -> None:
    """Make the lock file of the providers the committed one, or none where that does not apply."""
    committed = definitions / _LOCK_FILE
    if keep and committed.exists():
        _write(work / _LOCK_FILE, committed.read_text())
    else:
        (work / _LOCK_FILE).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
