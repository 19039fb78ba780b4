"""What all requests of one server share."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.channels import Channels
from sandbox.slack.faults import Faults
from sandbox.slack.limits import RateLimits
from sandbox.slack.store import MessageStore

# They keep clients honest about sending a token to the right address; they protect nothing.
DEFAULT_TOKEN = "xoxb-local-sandbox"  # noqa: S105 - a name for the stand-in, no secret
DEFAULT_WEBHOOK = "/services/T0/B0/sandbox"
DEFAULT_CHANNELS = ("cali-alerts", "general")


@dataclass
class SlackState:
    """The parts of a running stand-in."""

    store: MessageStore
    limits: RateLimits
    token: str = DEFAULT_TOKEN
    webhook: str = DEFAULT_WEBHOOK
    channels: Channels = field(default_factory=lambda: Channels(DEFAULT_CHANNELS))
    faults: Faults = field(default_factory=Faults)
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - repeatable on purpose
    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    last: dict[str, Any] | None = None
