"""docs/settings.md against the code: what something reads can be looked up, and what is listed is read.

The consumer's names are made of its fields, which its own test compares; the log generator's `--help` lists its own.
"""

from __future__ import annotations

import re

from sandbox.instance import REPOSITORY

READERS = ("sandbox", "consumer/src", "log-generator/src", "helm-values", "k8s", "Makefile", "tox.ini")
_VARIABLE = re.compile(r"\bCALI_[A-Z0-9_]*[A-Z0-9]\b")
_KINDS = (".py", ".yaml", ".ini", "")


def _named_in_code() -> set[str]:
    files = [
        path
        for reader in READERS
        for path in ((REPOSITORY / reader).rglob("*") if (REPOSITORY / reader).is_dir() else [REPOSITORY / reader])
        if path.is_file() and path.suffix in _KINDS
    ]
    return {name for path in files for name in _VARIABLE.findall(path.read_text(encoding="utf-8"))}


def _listed(page: str) -> set[str]:
    return {name for line in page.splitlines() if line.startswith("|") for name in _VARIABLE.findall(line)}


def test_every_variable_is_on_the_page_and_no_other() -> None:
    page = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    _, heading, sandbox = page.partition("## Sandbox\n")
    assert heading
    named = _named_in_code()
    # The beginnings of names that are put together.
    assert named - _listed(page) - {"CALI_PORT", "CALI_LOG"} == set()
    ports = {name for name in _listed(sandbox) if name.startswith("CALI_PORT")}
    assert ports
    assert _listed(sandbox) - ports - named == set()
