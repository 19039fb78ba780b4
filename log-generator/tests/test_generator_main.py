from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cali_log_generator import __version__
from cali_log_generator.__main__ import main

SOURCE = Path(__file__).resolve().parents[1] / "src"


def start(**variables: str) -> subprocess.Popen[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), **variables}
    command = [sys.executable, "-m", "cali_log_generator"]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_whole_lines(tmp_path: Path, number: signal.Signals) -> None:
    process = start(
        CALI_LOG_OUTPUT="cri", CALI_LOG_DIR=str(tmp_path), CALI_LOG_RATE="2000", CALI_LOG_MANIFEST=str(tmp_path / "m")
    )
    assert process.stderr is not None
    process.stderr.readline()  # it has started
    while not (tmp_path / "m").exists() or not (tmp_path / "m").stat().st_size:
        assert process.poll() is None

    process.send_signal(number)
    _, errors = process.communicate(timeout=10)

    assert process.returncode == 0
    stopped = json.loads(errors)
    assert stopped["message"] == "generator stopped"
    assert len((tmp_path / "m").read_text().splitlines()) == stopped["written"]
    assert all(path.read_bytes().endswith(b"\n") for path in tmp_path.glob("*.log"))


def test_standard_output_carries_bare_lines() -> None:
    process = start(CALI_LOG_MODE="count", CALI_LOG_COUNT="50", CALI_LOG_RATE="10000", CALI_LOG_SERVICES="auth")

    output, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert [json.loads(line)["service"] for line in output.splitlines()] == ["auth"] * 50


def test_a_reader_that_goes_away_ends_it() -> None:
    process = start(CALI_LOG_RATE="5000")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(timeout=10) == 0


def test_a_bad_setting_is_one_line_and_exit_code_2() -> None:
    process = start(CALI_LOG_RATE="often")

    _, errors = process.communicate(timeout=20)

    assert process.returncode == 2
    assert errors.splitlines() == ["cali-log-generator: CALI_LOG_RATE='often': expected a number above 0"]


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "CALI_LOG_RATE" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__
    assert main(["--fast"]) == 2
