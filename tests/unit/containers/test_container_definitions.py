"""What each container is to be, and that nothing of it listens beyond this machine."""

from __future__ import annotations

import pytest

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.localstack import LocalStack
from sandbox.containers.milvus import Milvus
from sandbox.containers.ministack import MiniStack
from sandbox.containers.opensearch import OpenSearch
from sandbox.containers.part import ContainerPart
from sandbox.containers.servers import Firehose, Model, Slack

PARTS = (LocalStack, MiniStack, OpenSearch, Milvus, Model, Slack, Firehose)
IMAGES = {part.image_name: f"cali/{part.image_name}:0" for part in PARTS}
PORTS = {part.name: 20_000 + number for number, part in enumerate(PARTS)}


@pytest.mark.parametrize("part", PARTS)
def test_each_is_published_at_its_own_port(part: type[ContainerPart]) -> None:
    made = part(IMAGES, PORTS)
    assert dict(made.definition().ports) == {part.inner_port: PORTS[part.name]}
    assert made.endpoint == f"http://127.0.0.1:{PORTS[part.name]}"
    assert made.inner_endpoint == f"http://{host_of(part.name)}:{part.inner_port}"
    assert made.version() == f"cali/{part.image_name}:0"


def test_a_change_of_anything_is_another_container() -> None:
    one = Definition("image:1", ("run",), {"A": "1"}, {80: 8080})
    others = [
        Definition("image:2", ("run",), {"A": "1"}, {80: 8080}),
        Definition("image:1", ("walk",), {"A": "1"}, {80: 8080}),
        Definition("image:1", ("run",), {"A": "2"}, {80: 8080}),
        Definition("image:1", ("run",), {"A": "1"}, {80: 8081}),
        Definition("image:1", ("run",), {"A": "1"}, {80: 8080}, memory="1g"),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 6
    assert one.digest == Definition("image:1", ("run",), {"A": "1"}, {80: 8080}).digest


def test_firehose_spares_tls_only_towards_containers_of_the_sandbox() -> None:
    environment = Firehose(IMAGES, PORTS).definition().environment
    assert environment["CALI_PLAINTEXT_HOSTS"] == f"{host_of('aws')},{host_of('opensearch')}"
