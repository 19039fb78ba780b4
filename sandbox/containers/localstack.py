"""The AWS API: emulated by LocalStack in its container."""

from __future__ import annotations

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import ContainerPart
from sandbox.images.shelf import is_built
from sandbox.services import localstack

#: A published image has no plug-ins of ours: there LocalStack itself forwards from a path to the OpenSearch container.
_PUBLISHED = {"OPENSEARCH_ENDPOINT_STRATEGY": "path"}


class LocalStack(ContainerPart):
    """Kinesis, S3, DynamoDB, IAM, Secrets Manager and what else `terraform/` creates. Keeps nothing over a restart."""

    name = "aws"
    nature = "emulated"
    image_name = "localstack"
    inner_port = 4566
    ready_s = 180.0

    def definition(self) -> Definition:
        """LocalStack on the network of its container."""
        environment = {
            **localstack.COMMON,
            **(localstack.BY_MOTO if is_built(self.image) else _PUBLISHED),
            "OPENSEARCH_CUSTOM_BACKEND": f"http://{host_of('opensearch')}:9200",
            "GATEWAY_LISTEN": f"0.0.0.0:{self.inner_port}",
            "LOCALSTACK_HOST": f"{host_of(self.name)}:{self.inner_port}",
        }
        return Definition(self.image, environment=environment, ports=self.published, memory="2g", stop_wait_s=20)

    def probe(self) -> None:
        """Its health address answers, and the services the steps need are there."""
        localstack.require_loaded(self.name, self.get(localstack.HEALTH_PATH).json())
