"""Why a chart cannot be had or rendered."""

from __future__ import annotations

from sandbox.definitions.charts import Chart
from sandbox.errors import PrerequisiteError, SandboxError


class ChartUnavailableError(PrerequisiteError):
    """A chart cannot be had where it is looked for.

    Attributes:
        chart: The chart.
        source: Where it was looked for.
    """

    def __init__(self, chart: Chart, source: str, reason: str) -> None:
        super().__init__(
            f"the chart {chart.name} {chart.version} cannot be had from {source}: {reason}",
            hint="name a folder, a repository or oci://… that has it in CALI_CHARTS",
        )
        self.chart = chart
        self.source = source


class RenderError(SandboxError):
    """Helm refuses a chart with its values.

    Attributes:
        chart: The chart.
        target: The target whose values it was given.
    """

    def __init__(self, chart: Chart, target: str, reason: str) -> None:
        super().__init__(f"helm-values/{chart.name}.yaml for {target}: helm says: {reason}")
        self.chart = chart
        self.target = target
