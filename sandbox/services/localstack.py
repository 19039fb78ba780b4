"""The AWS API: emulated by LocalStack, from its packages and without Docker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.install import localstack
from sandbox.instance import REPOSITORY
from sandbox.ports import LOOPBACK
from sandbox.services.base import NotReadyError, Program, Service

#: Loaded at its start; the rest when it is first asked for, which can take longer than a client waits. (Not Secrets
#: Manager: it would load Lambda, which looks for Docker.)
_LOADED = ("dynamodb", "iam", "kinesis", "s3", "sts")

#: What LocalStack is told wherever it runs: it downloads nothing, reports to nobody, and waits for nothing.
COMMON = {
    "SERVICES": ",".join(_LOADED),
    "EAGER_SERVICE_LOADING": "1",
    "STRICT_SERVICE_LOADING": "0",
    # Streams would be the only thing to outlive a restart, without the checkpoints of their readers.
    "KINESIS_PERSISTENCE": "0",
    "KINESIS_LATENCY": "0",
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "DNS_ADDRESS": "0",
    "LS_LOG": "warning",
    "PYTHONUNBUFFERED": "1",
}

#: Where localstack-plugins/ are installed, which say why.
BY_MOTO = {"PROVIDER_OVERRIDE_DYNAMODB": "moto", "PROVIDER_OVERRIDE_OPENSEARCH": "moto"}

HEALTH_PATH = "/_localstack/health"

#: Keeps a Node.js program on loopback.
_LOOPBACK_ONLY = REPOSITORY / "sandbox" / "loopback.cjs"


class LocalStack(Service):
    """Kinesis, S3, DynamoDB, IAM, Secrets Manager and what else `terraform/` creates. Keeps nothing over a restart."""

    name = "aws"
    nature = "emulated"
    default_port = 4566
    ready_s = 180.0

    def program(self) -> Program:
        """LocalStack on loopback, which downloads nothing, reports to nobody and starts no container."""
        root = self.instance.state("localstack")
        temporary, home = root / "tmp", root / "home"
        for folder in (temporary, home):
            folder.mkdir(exist_ok=True)
        self._lay_out_kinesis(root / "usr" / "lib" / "localstack")
        node = localstack.node(self.instance.home)
        environment = {
            **COMMON,
            **BY_MOTO,
            "OPENSEARCH_CUSTOM_BACKEND": f"http://{LOOPBACK}:{self.ports['opensearch']}",
            "GATEWAY_LISTEN": f"{LOOPBACK}:{self.port}",
            # Its default server listens on every interface whatever GATEWAY_LISTEN says.
            "GATEWAY_SERVER": "hypercorn",
            "LOCALSTACK_HOST": f"{LOOPBACK}:{self.port}",
            "FILESYSTEM_ROOT": str(root),
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "OVERRIDE_IN_DOCKER": "0",
            "PATH": f"{node.parent}:/usr/bin:/bin",
            "NODE_OPTIONS": f"--require={_LOOPBACK_ONLY}",
            "KINESIS_MOCK_VERSION": localstack.kinesis_version(),
            # Where Docker can be reached, it would start containers for functions and clusters.
            "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",
        }
        python = self.instance.home.environments / "localstack" / "bin" / "python"
        return Program((str(python), "-m", "localstack.runtime.main"), environment, directory=temporary, stop_wait_s=20)

    def _lay_out_kinesis(self, libraries: Path) -> None:
        """Put its Kinesis where LocalStack would install it, so that it installs nothing."""
        folder = libraries / localstack.KINESIS / localstack.kinesis_version()
        folder.mkdir(parents=True, exist_ok=True)
        link = folder / "node_modules"
        link.unlink(missing_ok=True)
        link.symlink_to(localstack.kinesis_folder(self.instance.home) / "node_modules")

    def probe(self) -> None:
        """Its health address answers, and the services the steps need are there."""
        require_loaded(self.name, self.get(HEALTH_PATH).json())

    def version(self) -> str:
        """LocalStack's, from its lock."""
        return f"LocalStack {localstack.installed_version(self.instance.home)}"


def require_loaded(name: str, health: dict[str, Any]) -> None:
    """Raise NotReadyError unless LocalStack's health answer says that the services the steps need are loaded."""
    services = health.get("services", {})
    missing = [service for service in _LOADED if services.get(service) != "running"]
    if missing:
        raise NotReadyError(name, f"{', '.join(missing)} not running yet")
