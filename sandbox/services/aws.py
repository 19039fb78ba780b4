"""The AWS API: emulated by MiniStack, in an environment of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.iam import principals
from sandbox.install import locked
from sandbox.instance import REPOSITORY
from sandbox.ports import LOOPBACK
from sandbox.services.base import NotReadyError, Program, Service
from sandbox.settings import LOCAL_ACCOUNT, REGION

HEALTH_PATH = "/_ministack/health"


def require_available(part: str, health: Mapping[str, Any]) -> None:
    """Raise NotReadyError unless MiniStack's health says that the services the steps need are there."""
    services = health.get("services", {})
    missing = [name for name in ("kinesis", "s3", "dynamodb") if services.get(name) != "available"]
    if missing:
        raise NotReadyError(part, f"{', '.join(missing)} not available yet")


class Aws(Service):
    """Kinesis, S3, DynamoDB, IAM, Secrets Manager and what else `terraform/` creates."""

    name = "aws"
    nature = "emulated"
    default_port = 4566

    def program(self) -> Program:
        """MiniStack on loopback; its state is written when it ends, S3 objects at once (docs/durability.md)."""
        state = self.instance.state(self.name)
        folders = {name: state / name for name in ("services", "s3", "tmp")}
        for folder in folders.values():
            folder.mkdir(exist_ok=True)
        principals.ensure(state)
        environment = {
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": LOOPBACK,
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": LOCAL_ACCOUNT,
            # Every call but the administrator's is held to the policies of who makes it (docs/iam.md).
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(folders["services"]),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(folders["s3"]),
            # A second listener that nothing here uses, on a port it would share with every other sandbox.
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_OPENSEARCH_ENDPOINT": f"{LOOPBACK}:{self.ports['opensearch']}",
            # Where Docker can be reached, it would start privileged containers for clusters and domains.
            "DOCKER_HOST": f"unix://{folders['tmp']}/no-docker.sock",
            "TMPDIR": str(folders["tmp"]),
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
        }
        interpreter = self.instance.home.environments / "ministack" / "bin" / "python"
        argv = (str(interpreter), "-m", "sandbox.ministack", "--state-dir", str(state))
        # Its state is written after the signal: thousands of records take seconds.
        return Program(argv, environment, directory=folders["tmp"], stop_wait_s=30)

    def probe(self) -> None:
        """Its health address answers, and the services the steps need are there."""
        require_available(self.name, self.get(HEALTH_PATH).json())

    def version(self) -> str:
        """MiniStack's, from its lock."""
        return f"MiniStack {locked.version('ministack', 'ministack')}"
