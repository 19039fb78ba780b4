"""The AWS API: emulated by LocalStack in its container."""

from __future__ import annotations

import httpx

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import ContainerPart
from sandbox.services.base import PROBE_TIMEOUT_S, NotReadyError

_NEEDED = ("kinesis", "s3", "dynamodb", "iam", "secretsmanager")


class LocalStack(ContainerPart):
    """Kinesis, S3, DynamoDB, IAM, Secrets Manager and what else `terraform/` creates. Keeps nothing over a restart."""

    name = "aws"
    nature = "emulated"
    image_name = "localstack"
    inner_port = 4566
    ready_s = 180.0

    def definition(self) -> Definition:
        """LocalStack, which downloads nothing and reports to nobody."""
        address = f"{host_of(self.name)}:{self.inner_port}"
        environment = {
            "GATEWAY_LISTEN": f"0.0.0.0:{self.inner_port}",
            "LOCALSTACK_HOST": address,
            # The search domain is the OpenSearch container, reached by LocalStack's own path to it.
            "OPENSEARCH_CUSTOM_BACKEND": f"http://{host_of('opensearch')}:9200",
            "OPENSEARCH_ENDPOINT_STRATEGY": "path",
            "KINESIS_LATENCY": "0",
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DNS_ADDRESS": "0",
            "PERSISTENCE": "0",
            "EAGER_SERVICE_LOADING": "0",
            "LS_LOG": "warning",
        }
        return Definition(self.image, environment=environment, ports=self.published, memory="2g", stop_wait_s=20)

    def probe(self) -> None:
        """Its health address answers, and the services the steps need are there."""
        services = self.get("/_localstack/health").json().get("services", {})
        missing = [name for name in _NEEDED if services.get(name) not in {"available", "running"}]
        if missing:
            raise NotReadyError(self.name, f"{', '.join(missing)} not available yet")
        # A service is loaded at its first call, which takes seconds; that there is no such bucket is an answer too.
        try:
            httpx.head(f"{self.endpoint}/cali-probe", timeout=PROBE_TIMEOUT_S, trust_env=False)
        except httpx.HTTPError as error:
            raise NotReadyError(self.name, f"S3 does not answer yet: {type(error).__name__}") from error
