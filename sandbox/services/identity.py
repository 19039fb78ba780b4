"""Pod Identity: a stand-in for EKS's agent, `sandbox.identity`, and what a workload is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.iam import principals
from sandbox.identity import tokens
from sandbox.instance import Instance
from sandbox.isolation import LOCAL_CREDENTIALS, local_aws
from sandbox.ports import LOOPBACK
from sandbox.services.servers import OwnServer
from sandbox.settings import CLUSTER_NAME, REGION


class Identity(OwnServer):
    """Gives each workload short-lived credentials of its own role."""

    name = "identity"
    nature = "stand-in"
    default_port = 8094
    package = "sandbox.identity"

    def arguments(self) -> list[str]:
        """Whose associations it looks up, and where the tokens are."""
        return ["--cluster", CLUSTER_NAME, "--tokens", str(_tokens(self.instance))]

    def environment(self) -> Mapping[str, str]:
        """The key of the service that pods' roles trust."""
        own = principals.credentials(self.instance.state("aws"), principals.PODS)
        return {**local_aws(REGION, f"http://{LOOPBACK}:{self.ports['aws']}"), **own}


def workload_aws(instance: Instance, ports: Mapping[str, int], service_account: str) -> dict[str, str]:
    """How a workload reaches AWS and as whom: by its own role, or, where no emulator enforces roles, by any key."""
    reached = local_aws(REGION, f"http://{LOOPBACK}:{ports['aws']}")
    if not ports.get(Identity.name):
        return {**reached, **LOCAL_CREDENTIALS}
    return {
        **reached,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{LOOPBACK}:{ports[Identity.name]}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tokens.issue(_tokens(instance), service_account)),
    }


def _tokens(instance: Instance) -> Path:
    return instance.state(Identity.name) / "tokens"
