"""The workloads of `k8s/` and the shipper, each as one container from its own image."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.containers.definition import Definition, host_of
from sandbox.containers.part import ContainerPart, SharingContainer, me
from sandbox.definitions import digest
from sandbox.definitions.deployments import Workload
from sandbox.instance import REPOSITORY, Instance
from sandbox.isolation import LOCAL_CREDENTIALS, local_aws
from sandbox.services.base import NotReadyError
from sandbox.settings import REGION, STREAM_NAME

#: Where containers have the folder of the container logs; as on a Kubernetes node.
LOGS = "/var/log/containers"

#: Where the log generator has its state folder.
GENERATED = "/var/lib/cali-log-generator"

_HELM_VALUES = REPOSITORY / "helm-values"
_VALUES = "/etc/cali"
_OFFSETS = "/var/lib/cali-shipper"


def _reached() -> dict[str, str]:
    return {**local_aws(REGION, f"http://{host_of('aws')}:4566"), **LOCAL_CREDENTIALS}


class DeployedContainer(ContainerPart):
    """A Deployment's container.

    Args:
        images: References by image name.
        ports: The ports on this machine by part.
        instance: Whose container it is.
        workload: The Deployment.
        settings: The ConfigMap it refers to.
    """

    nature = "real"

    def __init__(
        self,
        images: Mapping[str, str],
        ports: Mapping[str, int],
        instance: Instance,
        workload: Workload,
        settings: Mapping[str, str],
    ) -> None:
        super().__init__(images, ports)
        self.instance = instance
        self.workload = workload
        self.settings = settings

    @property
    def folders(self) -> dict[str, str]:
        """Folders it shares with this machine."""
        return {}

    def definition(self) -> Definition:
        """The image, with the Deployment's environment. Its command is the image's own, as on a cluster."""
        environment = {**_reached(), **self.workload.environment(self.settings, pod=f"{self.name}-0")}
        return Definition(
            self.image,
            environment=environment,
            ports=self.published if self.inner_port else {},
            folders=self.folders,
            user=me() if self.folders else "",
            stop_wait_s=self.workload.grace_s,
        )


class Consumer(DeployedContainer):
    """Steps 6 to 10: `consumer/`."""

    name = "consumer"
    image_name = "consumer"
    inner_port = 8080

    def probe(self) -> None:
        """The Deployment's readiness probe."""
        if path := self.workload.readiness_path():
            self.get(path)


class LogGenerator(DeployedContainer):
    """Step 1: `log-generator/`. It listens nowhere."""

    name = "log-generator"
    image_name = "log-generator"
    inner_port = 0

    @property
    def endpoint(self) -> str:
        """The folder it writes to."""
        return str(self.instance.containers)

    @property
    def folders(self) -> dict[str, str]:
        """The container logs, and its manifest."""
        return {LOGS: str(self.instance.containers), GENERATED: str(self.instance.state(self.name))}

    def probe(self) -> None:
        """It has written a container log."""
        if not any(self.instance.containers.glob("*.log")):
            raise NotReadyError(self.name, f"no container log in {self.instance.containers} yet")


class Shipper(SharingContainer):
    """Step 2: tails the container logs of its instance into Kinesis."""

    name = "shipper"
    nature = "stand-in"
    image_name = "sandbox"
    inner_port = 2020
    package = "sandbox.shipper"

    @property
    def values(self) -> list[Path]:
        """The chart values, and what the embedded target overrides of them."""
        files = (_HELM_VALUES / "fluent-bit.yaml", _HELM_VALUES / "overrides" / "embedded" / "fluent-bit.yaml")
        return [path for path in files if path.exists()]

    def arguments(self) -> list[str]:
        """The chart values it executes, and where offsets are kept."""
        places = [f"{_VALUES}/{path.relative_to(_HELM_VALUES)}" for path in self.values]
        files = [word for place in places for word in ("--values", place)]
        return [*files, "--state-dir", _OFFSETS]

    def environment(self) -> dict[str, str]:
        """What the values refer to as ${NAME}."""
        return {
            **_reached(),
            "CALI_LOG_DIR": LOGS,
            "CALI_STREAM_NAME": STREAM_NAME,
            # Changed values are a changed container.
            "CALI_VALUES_DIGEST": digest.files(*self.values),
        }

    @property
    def folders(self) -> dict[str, str]:
        """The container logs and the values of this machine, both only read, and a folder for its offsets."""
        return {
            f"{LOGS}:ro": str(self.instance.containers),
            f"{_VALUES}:ro": str(_HELM_VALUES),
            _OFFSETS: str(self.instance.state(self.name)),
        }
