from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.install import java
from sandbox.install.prerequisites import MissingError
from sandbox.instance import Home, Instance
from sandbox.opensearch_node import node_settings
from sandbox.services.aws import Aws
from sandbox.services.base import NotReadyError
from sandbox.services.milvus import Milvus
from sandbox.services.opensearch import OpenSearch

# Nothing listens on the discard port.
PORTS = {"aws": 9, "opensearch": 9, "opensearch-transport": 9301, "milvus": 9}


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Home(tmp_path).instance("unit")


@pytest.fixture
def some_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> java.Java:
    (tmp_path / "java" / "lib" / "server").mkdir(parents=True)
    (tmp_path / "java" / "lib" / "server" / "libjvm.so").touch()
    found = java.Java(tmp_path / "java", "17.0.1")
    monkeypatch.setattr(java, "find", lambda: found)
    return found


def test_the_aws_emulator_keeps_its_state_in_the_instance_and_stays_on_loopback(instance: Instance) -> None:
    environment = Aws(instance, PORTS).program().environment
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["PERSIST_STATE"] == environment["S3_PERSIST"] == "1"
    for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR"):
        assert Path(environment[name]).is_relative_to(instance.root)
        assert Path(environment[name]).is_dir()


def test_the_aws_emulator_cannot_reach_docker(instance: Instance) -> None:
    socket = Aws(instance, PORTS).program().environment["DOCKER_HOST"].removeprefix("unix://")
    assert not Path(socket).exists()


def test_milvus_is_asked_to_end_by_the_signal_that_lets_it_finish(instance: Instance) -> None:
    program = Milvus(instance, PORTS).program()
    assert program.stop_signal == "INT"
    assert program.argv[program.argv.index("--host") + 1] == "127.0.0.1"


def test_opensearch_runs_on_the_java_that_was_found(instance: Instance, some_java: java.Java) -> None:
    argv = OpenSearch(instance, PORTS).program().argv
    assert argv[argv.index("--java-library") + 1] == str(some_java.library)
    assert argv[argv.index("--transport-port") + 1] == "9301"


def test_opensearch_without_java_is_one_line(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "find", lambda: None)
    with pytest.raises(MissingError, match="there is no Java"):
        OpenSearch(instance, PORTS).program()


def test_the_node_listens_on_the_host_it_is_given_and_nowhere_else() -> None:
    settings = node_settings("127.0.0.1", 1, 2)
    assert settings["network.host"] == "127.0.0.1"
    assert not {name for name in settings if name.endswith("_host") or "bind" in name}


@pytest.mark.parametrize("kind", [Aws, OpenSearch])
def test_what_does_not_answer_is_not_ready(instance: Instance, kind: type[Aws | OpenSearch]) -> None:
    with pytest.raises(NotReadyError, match=":9/"):
        kind(instance, PORTS).probe()


@pytest.mark.parametrize("kind", [Aws, OpenSearch, Milvus])
def test_versions_come_from_the_locks(instance: Instance, kind: type[Aws | OpenSearch | Milvus]) -> None:
    assert kind(instance, PORTS).version().split()[-1][0].isdigit()
