"""Where charts come from: CALI_CHARTS names a folder, a repository or an OCI registry in place of each chart's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.definitions.charts import Chart
from sandbox.errors import UsageError
from sandbox.helm.errors import ChartUnavailableError

#: The setting.
VARIABLE = "CALI_CHARTS"


@dataclass(frozen=True)
class Remote:
    """A chart that helm has to fetch.

    Attributes:
        arguments: What `helm pull` is told of it.
        place: What messages call its source.
    """

    arguments: tuple[str, ...]
    place: str


def locate(chart: Chart, environment: Mapping[str, str]) -> Path | Remote:
    """Where `chart` is: a path that helm takes as it is, or what it must fetch.

    Raises:
        ChartUnavailableError: The folder does not hold it in this version.
        UsageError: CALI_CHARTS is neither folder nor address.
    """
    source = environment.get(VARIABLE, "")
    if source.startswith("oci://"):
        return Remote((f"{source.rstrip('/')}/{chart.name}", "--version", chart.version), source)
    if not source or source.startswith(("https://", "http://")):
        place = source or chart.repository
        return Remote((chart.name, "--repo", place, "--version", chart.version), place)
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise UsageError(f"{VARIABLE} is {source!r}", hint="name a folder that exists, https://… or oci://…")
    return _in_folder(chart, folder)


def _in_folder(chart: Chart, folder: Path) -> Path:
    archive = folder / f"{chart.name}-{chart.version}.tgz"
    if archive.is_file():
        return archive
    described = folder / chart.name / "Chart.yaml"
    if not described.is_file():
        raise ChartUnavailableError(chart, str(folder), f"neither {archive.name} nor {chart.name}/Chart.yaml is there")
    found = (yaml.safe_load(described.read_text()) or {}).get("version")
    if found != chart.version:
        raise ChartUnavailableError(chart, str(folder), f"{chart.name}/ is version {found}")
    return described.parent
