"""The AWS API: emulated by MiniStack in its container."""

from __future__ import annotations

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import ContainerPart
from sandbox.services.aws import HEALTH_PATH, require_available
from sandbox.settings import LOCAL_ACCOUNT, REGION


class MiniStack(ContainerPart):
    """The same services as LocalStack's, sooner and with less. Keeps nothing over a restart.

    It enforces no IAM here: pods have no roles of their own, as the embedded target's workloads have.
    """

    name = "aws"
    nature = "emulated"
    image_name = "ministack"
    inner_port = 4566

    def definition(self) -> Definition:
        """MiniStack on the network of its container."""
        environment = {
            "BIND_HOST": "0.0.0.0",  # noqa: S104 - of its own network namespace
            "GATEWAY_PORT": str(self.inner_port),
            "MINISTACK_HOST": host_of(self.name),
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": LOCAL_ACCOUNT,
            "MINISTACK_OPENSEARCH_ENDPOINT": f"{host_of('opensearch')}:9200",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }
        return Definition(self.image, environment=environment, ports=self.published, memory="2g")

    def probe(self) -> None:
        """Its health address answers, and the services the steps need are there."""
        require_available(self.name, self.get(HEALTH_PATH).json())
