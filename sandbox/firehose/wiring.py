"""What the parts of one delivery stream have in common."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sandbox.firehose.aws import AwsClients
from sandbox.firehose.metrics import Metrics
from sandbox.firehose.store import Store


@dataclass(frozen=True)
class Wiring:
    """The surroundings of a delivery stream.

    Attributes:
        uid: The delivery stream's own identifier; a name may be used again, this never is.
        region: The region of the delivery stream.
        clients: Clients of the other services.
        store: The state on disk.
        metrics: The counters.
        stop: Set when deliveries must end, durable or not.
    """

    uid: str
    region: str
    clients: AwsClients
    store: Store
    metrics: Metrics
    stop: threading.Event = field(default_factory=threading.Event)
