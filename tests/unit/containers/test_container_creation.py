"""What the engine is asked for when a container is made, as it arrives at the engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sandbox.containers import runner
from sandbox.containers.definition import Definition, host_of
from sandbox.containers.runner import Runner
from sandbox.instance import Home

IMAGE = "cali/milvus-lite:0123"
DEFINITION = Definition(
    IMAGE,
    command=("serve", "--all"),
    environment={"A": "1"},
    ports={19530: 20_001, 9091: 20_002},
    folders={"/logs:ro": "/instance/containers", "/data": "/instance/state"},
    user="1000:1000",
    memory="1g",
    stop_signal="SIGINT",
)


class _Handler(BaseHTTPRequestHandler):
    """An engine that has the one image and no container until it is asked to make one."""

    server: _Engine

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/version":
            self._answer(200, {"ApiVersion": "1.47"})
        elif path.endswith("/info"):
            self._answer(200, {"SecurityOptions": ["name=seccomp,profile=builtin"]})
        elif path.endswith(f"/images/{IMAGE}/json") or (path.endswith("/c1/json") and self.server.created):
            self._answer(200, {"Id": "c1", "State": {"Status": "running"}})
        else:
            self._answer(200 if path.endswith("/_ping") else 404, {"message": f"no {path}"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/containers/create?" in self.path:
            self.server.created.append((self.path.rpartition("name=")[2], json.loads(body)))
            self._answer(201, {"Id": "c1"})
        else:
            self.server.started.append(self.path)
            self._answer(204, None)

    def _answer(self, status: int, content: object) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Engine(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.created: list[tuple[str, dict[str, Any]]] = []
        self.started: list[str] = []


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Engine]:
    """Where DOCKER_HOST points."""
    with _Engine() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        for name, value in {"DOCKER_HOST": f"tcp://127.0.0.1:{server.server_port}", "no_proxy": "127.0.0.1"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def of_instance(tmp_path: Path) -> Runner:
    return Runner(Home(tmp_path).instance("unit"))


@pytest.fixture
def made(engine: _Engine, of_instance: Runner) -> dict[str, Any]:
    """The one request for a container."""
    of_instance.run("milvus", DEFINITION)
    [(name, body)] = engine.created
    assert name == f"{of_instance.name}-milvus"
    assert [path.rpartition("/containers/")[2] for path in engine.started] == ["c1/start"]
    return body


def test_every_port_is_published_on_loopback_and_no_other_is(made: dict[str, Any]) -> None:
    host = made["HostConfig"]
    assert host["PortBindings"] == {
        "19530/tcp": [{"HostIp": "127.0.0.1", "HostPort": "20001"}],
        "9091/tcp": [{"HostIp": "127.0.0.1", "HostPort": "20002"}],
    }
    assert not host.get("PublishAllPorts")
    assert made["ExposedPorts"].keys() == host["PortBindings"].keys()


def test_it_runs_as_it_is_defined(made: dict[str, Any]) -> None:
    host = made["HostConfig"]
    assert made["Image"] == IMAGE
    assert made["Cmd"] == ["serve", "--all"]
    assert made["Env"] == ["A=1"]
    assert made["User"] == "1000:1000"
    assert made["StopSignal"] == "SIGINT"
    assert host["Memory"] == 2**30
    assert sorted(host["Binds"]) == ["/instance/containers:/logs:ro", "/instance/state:/data:rw"]


def test_it_is_on_the_network_of_its_instance_alone(made: dict[str, Any], of_instance: Runner) -> None:
    [(network, endpoint)] = made["NetworkingConfig"]["EndpointsConfig"].items()
    assert network == made["HostConfig"]["NetworkMode"] == of_instance.name
    assert endpoint["Aliases"] == [host_of("milvus")]


def test_it_can_be_found_again(made: dict[str, Any], of_instance: Runner) -> None:
    # testcontainers adds labels of its own.
    assert {name: made["Labels"][name] for name in (runner.OWNER_LABEL, runner.NAME_LABEL, runner.DIGEST_LABEL)} == {
        runner.OWNER_LABEL: str(of_instance.instance.root),
        runner.NAME_LABEL: "milvus",
        runner.DIGEST_LABEL: DEFINITION.digest,
    }


def test_it_is_held_to_its_bounds(made: dict[str, Any]) -> None:
    host = made["HostConfig"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 5}
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
