"""Runs the consumer and kills it with SIGKILL at a chosen moment: `python crash_at.py POINT [NTH]`.

Points: `claimed` (the row is durable, nothing else), `effects-durable` (before the checkpoint moves), `before-send`
(the send is written down, Slack not yet asked), `slack-answered` (Slack has it, the ledger does not say so),
`before-complete` (a late analysis is in Slack, the ledger does not say so).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from cali_consumer.leases import LeaseTable
from cali_consumer.ledger import Ledger
from cali_consumer.main import main
from cali_consumer.slack import BotChat


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killing(owner: type, name: str, nth: int, *, after: Callable[[Any], bool] | None = None, when: str = "") -> None:
    """Make the `nth` call of a method the last thing this process does."""
    original = getattr(owner, name)
    calls = 0

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        if when and not kwargs.get(when):
            return original(self, *args, **kwargs)
        if after is None:
            calls += 1
            if calls == nth:
                die()
            return original(self, *args, **kwargs)
        result = original(self, *args, **kwargs)
        calls += after(result)
        if calls == nth:
            die()
        return result

    setattr(owner, name, method)


POINTS: dict[str, Callable[[int], None]] = {
    "claimed": lambda nth: killing(Ledger, "claim", nth, after=lambda row: row is None),
    "effects-durable": lambda nth: killing(LeaseTable, "checkpoint", nth),
    "before-send": lambda nth: killing(BotChat, "post", nth),
    "slack-answered": lambda nth: killing(Ledger, "sent", nth),
    "before-complete": lambda nth: killing(Ledger, "update", nth, when="done"),
}

if __name__ == "__main__":
    POINTS[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    sys.exit(main())
