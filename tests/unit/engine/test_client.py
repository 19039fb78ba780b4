from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

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


def test_a_socket_that_refuses_the_user_is_told_with_the_group_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        cause = PermissionError(errno.EACCES, "Permission denied")
        raise DockerException("Error while fetching server API version") from cause

    monkeypatch.setattr(docker.DockerClient, "from_env", refuse)
    with pytest.raises(client.EngineMissingError, match="Permission denied") as missing:
        client.connect()
    assert "usermod -aG docker" in missing.value.hint
    assert "engine start" not in str(missing.value)


def test_the_variable_wins_over_the_context() -> None:
    assert client.address({"DOCKER_HOST": "tcp://127.0.0.1:2375"}) == "tcp://127.0.0.1:2375"
    assert "://" in client.address({})


def test_a_named_context_wins_over_the_current_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    metadata = tmp_path / "contexts" / "meta" / hashlib.sha256(b"colima").hexdigest() / "meta.json"
    metadata.parent.mkdir(parents=True)
    endpoint = {"Host": "unix:///colima.sock", "SkipTLSVerify": False}
    metadata.write_text(json.dumps({"Name": "colima", "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    assert client.address({"DOCKER_CONTEXT": "colima"}) == "unix:///colima.sock"
    assert client.address({"DOCKER_CONTEXT": "colima", "DOCKER_HOST": "tcp://127.0.0.1:1"}) == "tcp://127.0.0.1:1"
    with pytest.raises(client.EngineMissingError, match=r"at the context lima: .*none of this name"):
        client.address({"DOCKER_CONTEXT": "lima"})
