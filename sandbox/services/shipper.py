"""Fluent Bit: the real one where it is installed, else a stand-in that executes the same chart values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.definitions import digest
from sandbox.instance import REPOSITORY
from sandbox.services.base import Nature
from sandbox.services.identity import workload_aws
from sandbox.services.servers import OwnServer
from sandbox.settings import STREAM_NAME

#: The service account of the chart's pods.
SERVICE_ACCOUNT = "fluent-bit"


class Shipper(OwnServer):
    """Step 2: tails the container logs into Kinesis."""

    name = "shipper"
    nature: Nature = "stand-in"
    default_port = 2020
    package = "sandbox.shipper"

    def arguments(self) -> list[str]:
        """The chart values it executes, and where offsets are kept."""
        files = [word for path in self.values for word in ("--values", str(path))]
        return [*files, "--state-dir", str(self.instance.state(self.name))]

    @property
    def values(self) -> list[Path]:
        """The chart values, and what the target overrides of them."""
        folder = REPOSITORY / "helm-values"
        files = (folder / "fluent-bit.yaml", folder / "overrides" / "embedded" / "fluent-bit.yaml")
        return [path for path in files if path.exists()]

    def environment(self) -> Mapping[str, str]:
        """What the values refer to as ${NAME}."""
        return {
            **workload_aws(self.instance, self.ports, SERVICE_ACCOUNT),
            "CALI_LOG_DIR": str(self.instance.containers),
            "CALI_STREAM_NAME": STREAM_NAME,
            # Changed values are a changed program: the supervisor restarts it for them.
            "CALI_VALUES_DIGEST": digest.files(*self.values),
        }
