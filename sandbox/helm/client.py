"""Runs helm with a configuration of its own: the user's repositories, plugins and caches are left alone."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.definitions.charts import Chart, Target
from sandbox.definitions.kustomization import CLUSTER_WIDE
from sandbox.helm.errors import ChartUnavailableError, RenderError
from sandbox.helm.source import Remote, locate

#: An index or a chart is small; who does not answer within this does not answer.
PULL_TIMEOUT_S = 60


@dataclass(frozen=True)
class Helm:
    """The helm binary.

    Attributes:
        binary: Its path.
        folder: Where charts it fetched are kept, beside its own caches.
        values: `helm-values/`.
        environment: The user's: CALI_CHARTS, CALI_CA_FILE and the proxy are taken from it.
    """

    binary: Path
    folder: Path
    values: Path
    environment: Mapping[str, str]

    def chart(self, chart: Chart) -> Path:
        """The chart on this machine, fetched once; raises ChartUnavailableError when it cannot be had."""
        place = locate(chart, self.environment)
        if isinstance(place, Path):
            return place
        kept = self.folder / f"{chart.name}-{chart.version}.tgz"
        if not kept.exists():
            self._pull(chart, place, kept)
        return kept

    def template(self, chart: Chart, target: Target, kubernetes_version: str) -> list[dict[str, Any]]:
        """What installing `chart` on `target` would create, hooks included.

        Raises:
            ChartUnavailableError: The chart cannot be had.
            RenderError: Helm refuses it with the target's values.
        """
        arguments = [chart.name, str(self.chart(chart)), *self.options(chart, target)]
        done = self._run("template", *arguments, "--kube-version", kubernetes_version)
        if done.returncode:
            raise RenderError(chart, target, _last_line(done.stderr))
        manifests = [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest and not _is_test(manifest)]
        for manifest in manifests:
            # Installing places what names no namespace; rendering leaves it to who applies it.
            if manifest["kind"] not in CLUSTER_WIDE:
                manifest["metadata"].setdefault("namespace", chart.namespace)
        return manifests

    def options(self, chart: Chart, target: Target) -> list[str]:
        """The options of `helm upgrade --install` and `helm template` for a chart on a target."""
        files = [word for path in chart.values(self.values, target) for word in ("--values", str(path))]
        return ["--namespace", chart.namespace, *files]

    def _pull(self, chart: Chart, remote: Remote, kept: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        authority = self.environment.get("CALI_CA_FILE")
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            options = ("--destination", scratch, *(("--ca-file", authority) if authority else ()))
            try:
                done = self._run("pull", *remote.arguments, *options, timeout=PULL_TIMEOUT_S)
            except subprocess.TimeoutExpired as error:
                reason = f"no answer within {PULL_TIMEOUT_S} s"
                raise ChartUnavailableError(chart, remote.place, reason) from error
            if done.returncode:
                raise ChartUnavailableError(chart, remote.place, _last_line(done.stderr))
            [archive] = Path(scratch).glob("*.tgz")
            archive.replace(kept)

    def _run(self, *arguments: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        foreign = ("HELM_", "KUBE")
        own = {
            "HELM_CACHE_HOME": str(self.folder / "cache"),
            "HELM_CONFIG_HOME": str(self.folder / "config"),
            "HELM_DATA_HOME": str(self.folder / "data"),
            "KUBECONFIG": os.devnull,
        }
        environment = {name: value for name, value in self.environment.items() if not name.startswith(foreign)}
        return subprocess.run(
            [str(self.binary), *arguments],
            env={**environment, **own},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )


def _is_test(manifest: Mapping[str, Any]) -> bool:
    """Whether only `helm test` would create it."""
    annotations = manifest.get("metadata", {}).get("annotations") or {}
    return "test" in str(annotations.get("helm.sh/hook", ""))


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else "nothing"
