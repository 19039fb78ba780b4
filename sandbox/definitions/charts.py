"""The table of charts, `helm-values/charts.yaml`, and the values files that a target gives one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.definitions.errors import DefinitionError

#: The file's name in `helm-values/`.
TABLE = "charts.yaml"

Target = Literal["kind", "aws"]


class Chart(BaseModel):
    """One chart at its pinned version.

    Attributes:
        name: Of the chart, of its release and of its values file.
        repository: Where it is published.
        version: Its exact version.
        namespace: Where its release lives.
        targets: The clusters it is rendered and checked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    repository: str
    version: str
    namespace: str
    targets: tuple[Target, ...]

    def values(self, folder: Path, target: Target) -> list[Path]:
        """The values files below `folder` (`helm-values/`) for a target, the later winning."""
        override = folder / "overrides" / target / f"{self.name}.yaml"
        return [folder / f"{self.name}.yaml", *([override] if override.exists() else [])]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    charts: list[Chart]


def read(folder: Path) -> dict[str, Chart]:
    """Every chart of the table in `folder` (`helm-values/`) by name; raises DefinitionError for a broken one."""
    path = folder / TABLE
    try:
        table = _Table.model_validate(yaml.safe_load(path.read_text()))
    except OSError as error:
        raise DefinitionError(path, "", error.strerror or str(error)) from error
    except yaml.YAMLError as error:
        raise DefinitionError(path, "", f"is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DefinitionError(path, ".".join(str(part) for part in first["loc"]), first["msg"]) from error
    return {chart.name: chart for chart in table.charts}
