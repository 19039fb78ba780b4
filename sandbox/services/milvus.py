"""The vector store: `milvus-lite server`, in an environment of its own."""

from __future__ import annotations

import grpc

from sandbox.install import locked
from sandbox.ports import LOOPBACK
from sandbox.services.base import PROBE_TIMEOUT_S, NotReadyError, Program, Service


class Milvus(Service):
    """Step 8: past incidents by similarity. One writer at a time keeps what it acknowledged (docs/durability.md)."""

    name = "milvus"
    nature = "real"
    default_port = 19530

    def program(self) -> Program:
        """The server on loopback; its default would be every interface."""
        folder = self.instance.home.environments / "milvus" / "bin"
        data = self.instance.state(self.name) / "data"
        command = (str(folder / "python"), str(folder / "milvus-lite"), "server", "--data-dir", str(data))
        # SIGINT closes the collections; after SIGTERM it replays its log at the next start.
        return Program(
            (*command, "--host", LOOPBACK, "--port", str(self.port)), {"PYTHONUNBUFFERED": "1"}, stop_signal="INT"
        )

    def probe(self) -> None:
        """It answers gRPC."""
        require_grpc(self.name, self.port)

    def version(self) -> str:
        """Milvus Lite's, from its lock."""
        return f"Milvus Lite {locked.version('milvus', 'milvus-lite')}"


def require_grpc(name: str, port: int) -> None:
    """Raise NotReadyError unless a gRPC server answers on the port."""
    with grpc.insecure_channel(f"{LOOPBACK}:{port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=PROBE_TIMEOUT_S)
        except grpc.FutureTimeoutError as error:
            raise NotReadyError(name, f"no gRPC answer on port {port}") from error
