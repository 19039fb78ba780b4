"""Slack: a stand-in that the ordinary `slack_sdk` talks to, `sandbox.slack`."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import UsageError
from sandbox.instance import Instance
from sandbox.services.servers import OwnServer

RATE_VARIABLE = "CALI_SLACK_RATE"


def asked_rate(environment: Mapping[str, str]) -> str | None:
    """The messages a second that the channel is to take, None for Slack's own one; raises UsageError."""
    text = environment.get(RATE_VARIABLE)
    if not text:
        return None
    try:
        valid = 0 < float(text) <= 1000
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"{RATE_VARIABLE} is {text!r}", hint="use messages a second, above 0 and at most 1000")
    return text


class Slack(OwnServer):
    """Step 10: receives the alerts and shows them on a page.

    Args:
        instance: Whose it is.
        ports: The ports by service.
        rate: Messages a second that the channel takes; None for Slack's own pace.
    """

    name = "slack"
    nature = "stand-in"
    default_port = 8092
    package = "sandbox.slack"

    def __init__(self, instance: Instance, ports: Mapping[str, int], rate: str | None = None) -> None:
        super().__init__(instance, ports)
        self.rate = rate

    def arguments(self) -> list[str]:
        """Where messages are kept, and the pace when it is not to be Slack's."""
        return ["--state-dir", str(self.instance.state(self.name)), *(["--rate", self.rate] if self.rate else [])]
