"""Slack: a stand-in that the ordinary `slack_sdk` talks to, `sandbox.slack`."""

from __future__ import annotations

from sandbox.services.servers import OwnServer


class Slack(OwnServer):
    """Step 10: receives the alerts and shows them on a page."""

    name = "slack"
    nature = "stand-in"
    default_port = 8092
    package = "sandbox.slack"

    def arguments(self) -> list[str]:
        """Where messages are kept."""
        return ["--state-dir", str(self.instance.state(self.name))]
