"""docs/architecture.md against the imports: its list is in the order that it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.instance import REPOSITORY

PACKAGE = REPOSITORY / "sandbox"


def listed() -> dict[str, int]:
    """Each module and package of the list, with the number of its line."""
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("## How the code depends\n")
    lines = [line.strip() for line in rest.partition("\n## ")[0].splitlines() if line.startswith("    ")]
    return {
        name.removesuffix("/"): number for number, line in enumerate(lines) for name in line.partition("  ")[0].split()
    }


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also within functions, but for those that only a type checker reads."""
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def test_the_list_has_every_part_of_the_package() -> None:
    parts = {part_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert parts == set(listed())


def test_every_import_goes_down_the_list() -> None:
    rank = listed()
    upward = {
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in imports(path)
        if name.startswith("sandbox.") and (part := name.split(".")[1]) in rank and part != part_of(path)
        if rank[part] <= rank[part_of(path)]
    }
    assert not upward


@pytest.mark.parametrize("workload", ["consumer", "log-generator"])
def test_a_workload_knows_nothing_of_the_sandbox(workload: str) -> None:
    files = list((REPOSITORY / workload / "src").rglob("*.py"))
    assert files
    assert not [(path, name) for path in files for name in imports(path) if name.split(".")[0] == "sandbox"]
