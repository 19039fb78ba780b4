"""What the reader of the values refuses, and how it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.definitions import fluent_bit
from sandbox.definitions.errors import DefinitionError
from sandbox.shipper.counters import Counters
from sandbox.shipper.pipeline import Pipeline
from tests.unit.shipper.conftest import REPOSITORY, VALUES

BASE = fluent_bit.read_values([VALUES])["config"]


def pipeline(tmp_path: Path, changed: dict[str, str], **environment: str) -> Pipeline:
    override = tmp_path / "override.yaml"
    body = "".join(
        f"  {name}: |\n" + "".join(f"    {row}\n" for row in text.splitlines()) for name, text in changed.items()
    )
    override.write_text(f"config:\n{body}")
    folder = {"CALI_LOG_DIR": str(tmp_path), "CALI_SHIPPER_STATE_DIR": str(tmp_path), **environment}
    return Pipeline(fluent_bit.load([VALUES, override], folder), Counters())


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        (
            "inputs",
            "Name                tail",
            "Name                systemd",
            "[INPUT] systemd: plugin 'systemd' is not",
        ),
        ("inputs", "Rotate_Wait  ", "Rotate_Wate  ", "[INPUT] tail Rotate_Wate: is not a key"),
        ("inputs", "multiline.parser    cri", "multiline.parser    cry", "no multi-line parser is called 'cry'"),
        ("inputs", "${CALI_LOG_DIR}", "${CALI_LOGS}", "environment variable CALI_LOGS is not set"),
        (
            "inputs",
            "Refresh_Interval    1",
            "Refresh_Interval    0.5",
            "'0.5' is no time that Fluent Bit reads as meant",
        ),
        ("filters", "Name         parser", "Name         kubernetes", "plugin 'kubernetes' is not supported"),
        ("filters", "Flush_Ms              500", "Flush_Ms              300", "Fluent Bit refuses less than 500"),
        ("filters", "/cali.lua", "/other.lua", "luaScripts holds no 'other.lua'"),
        ("filters", "${CALI_SHIPPER_SCRIPTS}/", "../../scripts/", "a pod's Fluent Bit would look for it"),
        ("filters", "Call           cali_line", "Call           cali_lines", "has no function 'cali_lines'"),
        ("filters", "Parser       cali_json", "Parser       other", "no [PARSER] is called 'other'"),
        ("filters", "Rename          time app_time", "Rename          time", "needs two words"),
        ("outputs", "Name                kinesis_streams", "Name                es", "plugin 'es' is not supported"),
        ("outputs", "Workers             1", "Compression         gzip", "compression: is not supported"),
        ("outputs", "no_limits", "sometimes", "'sometimes' is neither a number"),
        ("service", "Daemon                    Off", "Daemon                    On", "only Off can be honoured"),
        ("service", "Flush       ", "Fluhs       ", "Fluhs: is not a key"),
        ("customParsers", '"/\\S/"', '"/(/"', "regular expression '(' cannot be used"),
        (
            "customParsers",
            '"text, trace" "/^[\\t ]+[^\\s{]/" "trace"',
            '"text" "/x/" "start_state"',
            "leads to start_state",
        ),
        ("customParsers", "Format json", "Format xml", "'xml' is none of"),
    ],
)
def test_what_is_not_known_is_an_error_that_names_it(tmp_path: Path, part: str, old: str, new: str, said: str) -> None:
    assert old in BASE[part]
    with pytest.raises(DefinitionError) as caught:
        pipeline(tmp_path, {part: BASE[part].replace(old, new)})
    assert str(VALUES) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert said in str(caught.value)


def test_the_committed_values_are_known(tmp_path: Path) -> None:
    pipeline(tmp_path, {})


@pytest.mark.parametrize("target", ["embedded", "kind", "aws"])
def test_the_overrides_are_known(tmp_path: Path, target: str) -> None:
    folder = {"CALI_LOG_DIR": str(tmp_path), "CALI_SHIPPER_STATE_DIR": str(tmp_path)}
    override = REPOSITORY / "helm-values" / "overrides" / target / "fluent-bit.yaml"
    fluent_bit.load([VALUES, override], folder)


def test_the_environment_of_the_process_wins(tmp_path: Path) -> None:
    definition = fluent_bit.load([VALUES], {"CALI_LOG_DIR": "/here", "CALI_STREAM_NAME": "other"})
    assert definition.of_kind("INPUT")[0].get("path") == "/here/*.log"
    assert definition.of_kind("OUTPUT")[0].get("stream") == "other"
    assert definition.of_kind("OUTPUT")[0].get("region") == "ap-northeast-2"


def test_what_is_rendered_is_what_the_chart_mounts() -> None:
    files = fluent_bit.render(fluent_bit.read_values([VALUES]))
    assert set(files) == {"etc/conf/fluent-bit.conf", "etc/conf/custom_parsers.conf", "scripts/cali.lua"}
    main = files["etc/conf/fluent-bit.conf"]
    assert next(row for row in main.splitlines() if row.startswith("[")) == "[SERVICE]"
    assert "{{" not in main
    assert "[MULTILINE_PARSER]" in files["etc/conf/custom_parsers.conf"]


def test_a_template_that_only_helm_can_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="needs Helm itself"):
        pipeline(tmp_path, {"service": BASE["service"] + '    HC_Period {{ include "x" . }}'})


def test_the_program_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("config:\n  outputs: |\n    [OUTPUT]\n        Name loki\n")
    arguments = ["--values", str(VALUES), "--values", str(tmp_path / "bad.yaml"), "--state-dir", str(tmp_path / "s")]
    environment = {**os.environ, "CALI_LOG_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.shipper", *arguments, "--port", "0"],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "plugin 'loki' is not supported" in done.stderr
