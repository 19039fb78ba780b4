"""The sandbox's own servers as containers: Firehose, the model, Slack."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.containers.definition import host_of
from sandbox.containers.part import OwnContainer
from sandbox.isolation import LOCAL_CREDENTIALS, local_aws
from sandbox.settings import REGION

#: Where the images of the sandbox's own servers let them write.
_STATE = "/data"


class Firehose(OwnContainer):
    """Steps 4 and 5: delivers the stream to S3 and OpenSearch."""

    name = "firehose"
    nature = "emulated"
    image_name = "sandbox"
    inner_port = 4573
    package = "sandbox.firehose"

    def arguments(self) -> list[str]:
        """Where definitions and checkpoints are kept."""
        return ["--state-dir", f"{_STATE}/firehose"]

    def environment(self) -> dict[str, str]:
        """The emulator it reads from and writes to; neither that nor OpenSearch speaks TLS on their own network."""
        reached = local_aws(REGION, f"http://{host_of('aws')}:4566")
        return {**reached, **LOCAL_CREDENTIALS, "CALI_PLAINTEXT_HOSTS": f"{host_of('aws')},{host_of('opensearch')}"}


class Model(OwnContainer):
    """Step 9, and the embeddings of step 8."""

    name = "model"
    nature = "stand-in"
    image_name = "model"
    inner_port = 8091
    package = "sandbox.model"


class Slack(OwnContainer):
    """Step 10: receives the alerts and shows them on a page.

    Args:
        images: References by image name.
        ports: The ports on this machine by part.
        rate: Messages a second that the channel takes; None for Slack's own pace.
    """

    name = "slack"
    nature = "stand-in"
    image_name = "sandbox"
    inner_port = 8092
    package = "sandbox.slack"

    def __init__(self, images: Mapping[str, str], ports: Mapping[str, int], rate: str | None = None) -> None:
        super().__init__(images, ports)
        self.rate = rate

    def arguments(self) -> list[str]:
        """Where messages are kept, and the pace when it is not to be Slack's."""
        return ["--state-dir", f"{_STATE}/slack", *(["--rate", self.rate] if self.rate else [])]
