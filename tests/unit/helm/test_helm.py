from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sandbox.definitions.charts import Chart
from sandbox.errors import UsageError
from sandbox.helm.client import Helm
from sandbox.helm.errors import ChartUnavailableError, RenderError
from sandbox.helm.source import Remote, locate

CHART = Chart(name="a", repository="https://own.example/charts", version="1.2.3", namespace="n", targets=("kind",))


def test_without_a_setting_a_chart_comes_from_its_own_repository() -> None:
    assert locate(CHART, {}) == Remote(("a", "--repo", CHART.repository, "--version", "1.2.3"), CHART.repository)


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("https://mirror.example", ("a", "--repo", "https://mirror.example", "--version", "1.2.3")),
        ("oci://registry.example/charts/", ("oci://registry.example/charts/a", "--version", "1.2.3")),
    ],
)
def test_a_mirror_takes_the_place_of_every_repository(source: str, arguments: tuple[str, ...]) -> None:
    assert locate(CHART, {"CALI_CHARTS": source}) == Remote(arguments, source)


def test_a_folder_holds_archives_or_unpacked_charts(tmp_path: Path) -> None:
    environment = {"CALI_CHARTS": str(tmp_path)}
    with pytest.raises(ChartUnavailableError, match=r"neither a-1\.2\.3\.tgz nor a/Chart\.yaml"):
        locate(CHART, environment)
    (tmp_path / "a").mkdir()
    described = tmp_path / "a" / "Chart.yaml"
    described.write_text("version: 1.2.2\n")
    with pytest.raises(ChartUnavailableError, match=r"a/ is version 1\.2\.2"):
        locate(CHART, environment)
    described.write_text("version: 1.2.3\n")
    assert locate(CHART, environment) == tmp_path / "a"
    archive = tmp_path / "a-1.2.3.tgz"
    archive.touch()
    assert locate(CHART, environment) == archive


def test_a_source_that_is_neither_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="CALI_CHARTS is '/no/such/folder'"):
        locate(CHART, {"CALI_CHARTS": "/no/such/folder"})


#: Stands for helm: notes how it was called, and does what the test wants.
FAKE = """#!{python}
import json, os, pathlib, sys
folder = pathlib.Path(__file__).parent
own = {{name: value for name, value in os.environ.items() if name.startswith(("HELM_", "KUBE"))}}
(folder / "calls").open("a").write(json.dumps([sys.argv[1:], own]) + "\\n")
{body}
"""


def _helm(folder: Path, body: str, **environment: str) -> Helm:
    binary = folder / "helm"
    binary.write_text(FAKE.format(python=sys.executable, body=body))
    binary.chmod(0o755)
    return Helm(binary, folder / "charts", folder / "values", environment)


def _calls(folder: Path) -> list[tuple[list[str], dict[str, str]]]:
    return [json.loads(line) for line in (folder / "calls").read_text().splitlines()]


PULLS = "pathlib.Path(sys.argv[sys.argv.index('--destination') + 1], 'a-1.2.3.tgz').write_text('x')"


def test_a_chart_is_fetched_once_with_the_private_authority(tmp_path: Path) -> None:
    helm = _helm(tmp_path, PULLS, CALI_CA_FILE="/ca.pem", HELM_REPOSITORY_CONFIG="/users", KUBECONFIG="/users/too")
    kept = tmp_path / "charts" / "a-1.2.3.tgz"
    assert helm.chart(CHART) == helm.chart(CHART) == kept
    [(arguments, own)] = _calls(tmp_path)
    assert arguments[:2] == ["pull", "a"]
    assert arguments[-2:] == ["--ca-file", "/ca.pem"]
    assert "HELM_REPOSITORY_CONFIG" not in own
    assert own["KUBECONFIG"] == "/dev/null"


def test_a_repository_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    helm = _helm(tmp_path, "sys.exit('WARNING: x\\nError: no such host')")
    with pytest.raises(ChartUnavailableError, match=r"a 1\.2\.3 cannot be had from https://own.*: no such host"):
        helm.chart(CHART)
    assert not list((tmp_path / "charts").glob("*.tgz"))


def test_a_render_is_what_would_be_installed_and_where(tmp_path: Path) -> None:
    body = """print('''kind: Pod
metadata: {name: t, annotations: {helm.sh/hook: test-success}}
---
---
kind: Job
metadata: {name: j, annotations: {helm.sh/hook: post-install}}
---
kind: ClusterRole
metadata: {name: c}''')"""
    (tmp_path / "a-1.2.3.tgz").touch()
    helm = _helm(tmp_path, body, CALI_CHARTS=str(tmp_path))
    rendered = {m["kind"]: m["metadata"].get("namespace") for m in helm.template(CHART, "kind", "1.34")}
    assert rendered == {"Job": "n", "ClusterRole": None}
    [(arguments, _)] = _calls(tmp_path)
    assert arguments[:3] == ["template", "a", str(tmp_path / "a-1.2.3.tgz")]
    assert arguments[-2:] == ["--kube-version", "1.34"]


def test_values_that_helm_refuses_are_named(tmp_path: Path) -> None:
    (tmp_path / "a-1.2.3.tgz").touch()
    helm = _helm(tmp_path, "sys.exit('Error: values are wrong')", CALI_CHARTS=str(tmp_path))
    with pytest.raises(RenderError, match=r"helm-values/a\.yaml for kind: helm says: values are wrong"):
        helm.template(CHART, "kind", "1.34")
