"""The API server is asked as long as it may take, and a new one at its own address."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from sandbox.cluster import api as module
from sandbox.cluster.api import Api
from sandbox.cluster.faults import ApiError
from sandbox.cluster.parts import deployed


class Cluster(ThreadingHTTPServer):
    """An API server that has no pods, and is not ready at first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.starting = 2

    def __enter__(self) -> Cluster:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Cluster)
        self.server.asked.append(self.path.partition("?")[0])
        self.server.starting -= 1
        ready = self.path != "/readyz" or self.server.starting < 0
        self.send_response(200 if ready else 500)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"kind": "PodList", "apiVersion": "v1", "items": []}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


def _point(kubeconfig: Path, port: int, *, scheme: str = "http") -> None:
    named = {
        "clusters": [{"name": "a", "cluster": {"server": f"{scheme}://127.0.0.1:{port}"}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
    }
    kubeconfig.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": "a", **named}))


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    return tmp_path / "kubeconfig"


@pytest.fixture
def silent(kubeconfig: Path) -> Iterator[Api]:
    """A cluster that takes every call and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        _point(kubeconfig, listener.getsockname()[1])
        yield Api(kubeconfig)


def test_a_cluster_that_never_answers_is_not_waited_for_without_end(
    silent: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    consumer = deployed(silent, {})["consumer"]
    for call in (consumer.wait_gone, consumer.roll, lambda: consumer.scale(0), lambda: consumer.revive(2)):
        with pytest.raises(ApiError, match="timed out"):
            call()


def test_a_cluster_that_took_the_place_of_another_is_asked_itself(kubeconfig: Path) -> None:
    with Cluster() as old, Cluster() as new:
        _point(kubeconfig, old.server_port)
        api = Api(kubeconfig)
        assert api.pods("cali", "consumer") == []
        _point(kubeconfig, new.server_port)
        api.forget()
        assert api.pods("cali", "consumer") == []
        assert (len(old.asked), len(new.asked)) == (1, 1)


def test_an_api_server_that_starts_is_waited_for(kubeconfig: Path) -> None:
    with Cluster() as cluster:
        _point(kubeconfig, cluster.server_port)
        Api(kubeconfig).wait()
        assert cluster.asked == ["/readyz"] * 3


def test_a_connection_cut_amid_tls_is_one_line(kubeconfig: Path) -> None:
    with Cluster() as cluster:  # It speaks no TLS.
        _point(kubeconfig, cluster.server_port, scheme="https")
        with pytest.raises(ApiError, match="could not tell the pods of consumer: SSLError"):
            deployed(Api(kubeconfig), {})["consumer"].wait_gone()


def test_without_a_kubeconfig_it_is_one_line(kubeconfig: Path) -> None:
    with pytest.raises(ApiError, match="could not scale consumer"):
        deployed(Api(kubeconfig), {})["consumer"].scale(0)
