from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.definitions import charts
from sandbox.definitions.errors import DefinitionError

ENTRY = "  - {name: a, repository: https://r.example, version: 1.2.3, namespace: n, targets: [kind]}\n"


def _table(folder: Path, text: str) -> Path:
    (folder / "charts.yaml").write_text(text)
    return folder


def test_values_are_the_charts_file_and_the_targets_override(tmp_path: Path) -> None:
    chart = charts.read(_table(tmp_path, f"charts:\n{ENTRY}"))["a"]
    (tmp_path / "overrides" / "kind").mkdir(parents=True)
    override = tmp_path / "overrides" / "kind" / "a.yaml"
    override.touch()
    assert chart.values(tmp_path, "kind") == [tmp_path / "a.yaml", override]
    assert chart.values(tmp_path, "aws") == [tmp_path / "a.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("charts: [\n", "is not YAML"),
        (f"charts:\n{ENTRY.replace('version: 1.2.3, ', '')}", r"charts\.0\.version"),
        (f"charts:\n{ENTRY.replace('[kind]', '[moon]')}", r"charts\.0\.targets\.0"),
        ("", "valid dictionary"),
    ],
)
def test_a_broken_table_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as raised:
        charts.read(_table(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_a_missing_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="No such file"):
        charts.read(tmp_path)
