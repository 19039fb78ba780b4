"""Messages as they are kept, and as Slack's API shows them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

TEAM = "T0CALISANDBOX"
BOT_USER = "U0CALIBOT"
BOT = "B0CALIBOT"
APP = "A0CALIBOT"


def now() -> str:
    """Return the server's time, in microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class Update:
    """A message as `chat.update` made it."""

    received_at: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None


@dataclass
class Message:
    """One message in one channel.

    Attributes:
        index: Its number among all messages ever received, from 0.
        ts: Slack's id of it within the channel.
        text: As first sent, like `blocks` and `metadata`; what followed is in `updates`.
        via: `bot` or `webhook`.
    """

    index: int
    ts: str
    channel: str
    channel_name: str
    received_at: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    via: str
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    updates: list[Update] = field(default_factory=list)

    @property
    def latest(self) -> Update:
        """Return the content as it is now."""
        return self.updates[-1] if self.updates else Update(self.received_at, self.text, self.blocks, self.metadata)

    def kept(self) -> dict[str, Any]:
        """Return everything, as JSON."""
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Message:
        """Return the message that `kept` describes."""
        return cls(**{**kept, "updates": [Update(**update) for update in kept.get("updates", [])]})

    def shown(self, *, with_metadata: bool) -> dict[str, Any]:
        """Return the message as the Web API shows it."""
        current = self.latest
        shown: dict[str, Any] = {
            "type": "message",
            "ts": self.ts,
            "text": current.text,
            "team": TEAM,
            "bot_id": BOT,
            "app_id": APP,
        }
        if self.via == "webhook":
            shown["subtype"] = "bot_message"
        else:
            shown["user"] = BOT_USER
        shown |= {"blocks": current.blocks} if current.blocks else {}
        shown |= {"attachments": self.attachments} if self.attachments else {}
        shown |= {"thread_ts": self.thread_ts} if self.thread_ts else {}
        shown |= {"edited": {"user": BOT_USER, "ts": self.ts}} if self.updates else {}
        shown |= {"metadata": current.metadata} if with_metadata and current.metadata else {}
        return shown
