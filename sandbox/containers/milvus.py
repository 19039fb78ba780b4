"""The vector store: Milvus Lite's server in its container."""

from __future__ import annotations

from sandbox.containers.definition import Definition
from sandbox.containers.part import ContainerPart
from sandbox.services.milvus import require_grpc


class Milvus(ContainerPart):
    """Step 8: past incidents by similarity. One writer at a time keeps what it acknowledged (docs/durability.md)."""

    name = "milvus"
    nature = "real"
    image_name = "milvus-lite"
    inner_port = 19530

    def definition(self) -> Definition:
        """The image's own command; SIGINT closes the collections."""
        return Definition(self.image, ports=self.published, memory="1g", stop_signal="SIGINT")

    def probe(self) -> None:
        """It answers gRPC."""
        require_grpc(self.name, self.port)
