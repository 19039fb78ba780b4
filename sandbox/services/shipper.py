"""Fluent Bit: the real one where it is installed, else a stand-in that executes the same chart values."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.instance import REPOSITORY
from sandbox.isolation import workload_credentials
from sandbox.ports import LOOPBACK
from sandbox.services.servers import OwnServer
from sandbox.settings import REGION, STREAM_NAME


class Shipper(OwnServer):
    """Step 2: tails the container logs into Kinesis."""

    name = "shipper"
    nature = "stand-in"
    default_port = 2020
    package = "sandbox.shipper"

    def arguments(self) -> list[str]:
        """The chart values it executes, and where offsets are kept."""
        values = REPOSITORY / "helm-values"
        override = values / "overrides" / "embedded" / "fluent-bit.yaml"
        return [
            *("--values", str(values / "fluent-bit.yaml")),
            *("--values", str(override)),
            *("--state-dir", str(self.instance.state(self.name))),
        ]

    def environment(self) -> Mapping[str, str]:
        """What the values refer to as ${NAME}."""
        return {
            **workload_credentials(REGION, f"http://{LOOPBACK}:{self.ports['aws']}"),
            "CALI_LOG_DIR": str(self.instance.containers),
            "CALI_STREAM_NAME": STREAM_NAME,
        }
