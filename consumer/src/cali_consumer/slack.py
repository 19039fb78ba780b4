"""Step 10, second half: Slack, by bot token or by webhook."""

from __future__ import annotations

import errno
import http.client
import re
from dataclasses import dataclass
from typing import Protocol
from urllib.error import HTTPError, URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from cali_consumer.alert import Alert
from cali_consumer.alerts import Message
from cali_consumer.errors import ChatError, ChatRefusedError, ChatThrottledError, UnresolvedSendError
from cali_consumer.settings import is_loopback

_CONTENT_ERRORS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"}
)
_TRANSPORT = (OSError, http.client.HTTPException)  # URLError and timeouts are OSErrors
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{8,}")
_DEFAULT_RETRY_AFTER_S = 1.0
# The window in which an unresolved send is looked for begins this much earlier: the two clocks may differ.
_CLOCK_SKEW_S = 120.0
_PAGE = 200


@dataclass(frozen=True)
class Receipt:
    """Where a message stands in the chat."""

    channel: str
    ts: str


class Chat(Protocol):
    """What the sender needs of a chat."""

    @property
    def findable(self) -> bool:
        """Whether a message whose answer was lost can be looked for."""

    def post(self, message: Message) -> Receipt:
        """Send a message; raises ChatError when it certainly did not arrive, UnresolvedSendError when nobody knows."""

    def complete(self, alert: Alert, message: Message) -> None:
        """Bring the analysis that was late."""

    def find(self, alert: Alert) -> Receipt | None:
        """Look for a message of this alert."""

    def probe(self) -> None:
        """Ask whether the chat would take a message; raises ChatError."""


class BotChat:
    """Slack's Web API.

    Args:
        token: The bot's.
        base_url: The API.
        channel: Name or id of the channel.
        timeout_s: How long one call may take.
    """

    findable = True

    def __init__(self, token: str, base_url: str, channel: str, timeout_s: float) -> None:
        # No handler may retry by itself: a message repeated blindly is a second alert.
        self._client = WebClient(token, base_url=base_url, timeout=int(timeout_s) or 1, retry_handlers=[])
        if is_loopback(base_url):
            self._client.proxy = None
        self._channel = channel
        self._channel_id = channel if _CHANNEL_ID.fullmatch(channel) else ""

    def post(self, message: Message) -> Receipt:
        """Send a message to the channel."""
        try:
            answer = self._client.chat_postMessage(
                channel=self._channel,
                text=message.text,
                blocks=message.blocks,
                metadata=message.metadata,
                unfurl_links=False,
            )
        except SlackApiError as error:
            raise _answered(error) from error
        except (*_TRANSPORT, SlackClientError) as error:
            raise _unanswered(error) from error
        self._channel_id = str(answer["channel"])
        return Receipt(self._channel_id, str(answer["ts"]))

    def complete(self, alert: Alert, message: Message) -> None:
        """Replace the message by the one with the analysis; repeating it does no harm."""
        try:
            self._client.chat_update(
                channel=alert.slack_channel or self._channel,
                ts=alert.slack_ts or "",
                text=message.text,
                blocks=message.blocks,
                metadata=message.metadata,
            )
        except SlackApiError as error:
            raise _answered(error) from error
        except (*_TRANSPORT, SlackClientError) as error:
            raise ChatError(str(error)) from error

    def find(self, alert: Alert) -> Receipt | None:
        """Look through the channel's history since the send began."""
        oldest = (alert.send_started_at or 0) - _CLOCK_SKEW_S
        cursor = ""
        try:
            channel = self._history_channel()
            while True:
                page = self._client.conversations_history(
                    channel=channel,
                    oldest=f"{oldest:.6f}",
                    limit=_PAGE,
                    include_all_metadata=True,
                    cursor=cursor or None,
                )
                for message in page["messages"]:
                    payload = (message.get("metadata") or {}).get("event_payload") or {}
                    if payload.get("alert_key") == alert.alert_key and payload.get("window") == alert.window:
                        return Receipt(channel, str(message["ts"]))
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return None
        except SlackApiError as error:
            raise _answered(error) from error
        except (*_TRANSPORT, SlackClientError) as error:
            raise ChatError(str(error)) from error

    def probe(self) -> None:
        """Ask who we are."""
        try:
            self._client.auth_test()
        except SlackApiError as error:
            raise _answered(error) from error
        except (*_TRANSPORT, SlackClientError) as error:
            raise ChatError(str(error)) from error

    def _history_channel(self) -> str:
        """The channel's id: posting takes a name, reading does not."""
        if self._channel_id:
            return self._channel_id
        name = self._channel.lstrip("#")
        try:
            for page in self._client.conversations_list(limit=_PAGE, exclude_archived=True):
                for channel in page["channels"]:
                    if channel.get("name") == name:
                        self._channel_id = str(channel["id"])
                        return self._channel_id
        except SlackApiError as error:
            if _code(error) == "ratelimited":
                raise
        return self._channel


class WebhookChat:
    """An incoming webhook: it takes messages, but tells nothing about them.

    Args:
        url: Its address, which is its secret.
        timeout_s: How long one call may take.
    """

    findable = False

    def __init__(self, url: str, timeout_s: float) -> None:
        self._client = WebhookClient(url, timeout=int(timeout_s) or 1, retry_handlers=[])
        if is_loopback(url):
            self._client.proxy = None

    def post(self, message: Message) -> Receipt:
        """Send a message."""
        try:
            answer = self._client.send(text=message.text, blocks=message.blocks)
        except (*_TRANSPORT, SlackClientError) as error:
            raise _unanswered(error) from error
        if answer.status_code == 200:
            return Receipt("webhook", "")
        if answer.status_code == 429:
            raise ChatThrottledError(_retry_after(answer.headers))
        if answer.body.strip() in _CONTENT_ERRORS:
            raise ChatRefusedError(answer.body.strip())
        raise ChatError(f"webhook answered {answer.status_code}: {answer.body[:100]}")

    def complete(self, alert: Alert, message: Message) -> None:
        """Send the analysis as a message of its own."""
        self.post(message)

    def find(self, alert: Alert) -> Receipt | None:
        """A webhook cannot look for anything."""
        return None

    def probe(self) -> None:
        """A webhook can only be tried by sending."""


def _code(error: SlackApiError) -> str:
    try:
        return str(error.response.get("error") or "")
    except (AttributeError, ValueError):
        return ""


def _answered(error: SlackApiError) -> ChatError | UnresolvedSendError:
    """What an answer other than ok means for the message."""
    status = getattr(error.response, "status_code", 0)
    code = _code(error)
    if status == 429 or code == "ratelimited":
        return ChatThrottledError(_retry_after(error.response.headers))
    if code in _CONTENT_ERRORS:
        return ChatRefusedError(code)
    if status >= 500:
        return UnresolvedSendError(f"Slack answered {status}")
    return ChatError(f"Slack answered {status} {code}".strip())


def _unanswered(error: Exception) -> ChatError | UnresolvedSendError:
    """A refused connection carried nothing; after any other break nobody knows."""
    if isinstance(error, HTTPError):
        return UnresolvedSendError(f"Slack answered {error.code}")
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError) or getattr(reason, "errno", None) in (
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
    ):
        return ChatError(f"Slack is not reachable: {reason}")
    return UnresolvedSendError(f"{type(error).__name__}: {error}")


def _retry_after(headers: object) -> float:
    get = getattr(headers, "get", lambda _: None)
    value = get("Retry-After") or get("retry-after")
    value = value[0] if isinstance(value, list) else value
    try:
        return max(float(value), 0.1) if value else _DEFAULT_RETRY_AFTER_S
    except ValueError:
        return _DEFAULT_RETRY_AFTER_S
