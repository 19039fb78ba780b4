"""Amazon Data Firehose: emulated by `sandbox.firehose`."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.iam import principals
from sandbox.isolation import local_aws
from sandbox.ports import LOOPBACK
from sandbox.services.servers import OwnServer
from sandbox.settings import REGION


class Firehose(OwnServer):
    """Steps 4 and 5: delivers the stream to S3 and OpenSearch."""

    name = "firehose"
    nature = "emulated"
    default_port = 4573
    package = "sandbox.firehose"

    def arguments(self) -> list[str]:
        """Where definitions and checkpoints are kept."""
        return ["--state-dir", str(self.instance.state(self.name))]

    def environment(self) -> Mapping[str, str]:
        """The emulator it reads from and writes to, under the roles of its delivery streams."""
        reached = local_aws(REGION, f"http://{LOOPBACK}:{self.ports['aws']}")
        return {**reached, **principals.credentials(self.instance.state("aws"), principals.FIREHOSE)}
