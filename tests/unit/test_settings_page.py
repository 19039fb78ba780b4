"""docs/settings.md against the code: what something reads can be looked up, and what is listed is read.

The consumer's names are made of its fields, which its own test compares; the log generator's `--help` lists its own.
"""

from __future__ import annotations

import re

from sandbox.instance import REPOSITORY
from sandbox.ports import variable_suffix
from sandbox.services.base import Service
from sandbox.targets import embedded

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


def test_the_ports_are_those_of_the_code() -> None:
    page = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(CALI_PORT_[A-Z_]+)` \| `(\d+)` \|", page, re.MULTILINE))
    kinds: list[type[Service]] = [*embedded._SERVERS, *embedded._WORKLOADS]
    defaults = {kind.name: kind.default_port for kind in kinds if kind.default_port}
    for kind in kinds:
        defaults |= kind.extra_ports
    assert {name: int(port) for name, port in listed.items()} == {
        f"CALI_PORT_{variable_suffix(name)}": port for name, port in defaults.items()
    }
