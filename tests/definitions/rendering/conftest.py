"""Fixtures of the rendering checks: helm and the charts where they can be had, and the checkers that tox installs."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.definitions.charts import Chart, Target
from sandbox.helm.client import Helm
from sandbox.helm.errors import ChartUnavailableError
from sandbox.instance import Home
from tests.definitions.rendering import renders
from tests.definitions.rendering.renders import VALUES, Manifest

Render = Callable[[Chart, Target], list[Manifest]]


@pytest.fixture(scope="session")
def helm() -> Helm:
    binary = shutil.which("helm")
    if binary is None:
        pytest.skip("no helm on PATH, so no chart is rendered: install Helm 3; CALI_CHARTS may name where charts are")
    return Helm(Path(binary), Home.from_environment().charts, VALUES, os.environ)


@pytest.fixture(scope="session")
def render(helm: Helm) -> Render:
    """Renders a chart for a target, once; skips where the chart cannot be had."""
    rendered: dict[tuple[str, Target], list[Manifest]] = {}
    refused: dict[str, ChartUnavailableError] = {}

    def make(chart: Chart, target: Target) -> list[Manifest]:
        # Where one repository does not answer the others are not waited for.
        if refused and not os.environ.get("CALI_CHARTS"):
            pytest.skip(str(next(iter(refused.values()))))
        key = (chart.name, target)
        if key not in rendered:
            try:
                rendered[key] = helm.template(chart, target, renders.cluster_version(target))
            except ChartUnavailableError as error:
                refused[chart.name] = error
                pytest.skip(str(error))
        return copy.deepcopy(rendered[key])

    return make


def _checker(variable: str) -> Path:
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{variable} is not set: `tox -e definitions` installs the checkers")
    return Path(path)


@pytest.fixture(scope="session")
def checkov() -> Path:
    return _checker("CALI_CHECKOV")


@pytest.fixture(scope="session")
def kubernetes_validate() -> Path:
    return _checker("CALI_KUBERNETES_VALIDATE")
