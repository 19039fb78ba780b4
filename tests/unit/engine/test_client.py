from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.engine import client
from sandbox.errors import ExitCode


def test_no_engine_is_one_line_that_says_where_and_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    with pytest.raises(client.EngineMissingError) as missing:
        client.connect()
    line = str(missing.value)
    assert f"no Docker engine answers at unix://{tmp_path}/docker.sock: No such file or directory" in line
    assert "sandbox engine start" in line
    assert "\n" not in line
    assert missing.value.exit_code == ExitCode.PREREQUISITE
    assert not client.answers()


def test_the_variable_wins_over_the_context() -> None:
    assert client.address({"DOCKER_HOST": "tcp://127.0.0.1:2375"}) == "tcp://127.0.0.1:2375"
    assert "://" in client.address({})
