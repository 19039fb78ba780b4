"""The content of a message, checked: what `chat.postMessage`, `chat.update` and webhooks have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.slack.arguments import text_of
from sandbox.slack.blocks import check_blocks
from sandbox.slack.refusals import SlackRefusalError

MAX_TEXT = 40_000
_MAX_ATTACHMENTS = 100
# Slack names the error but no figure; what it was seen to take is in this order.
_MAX_METADATA_BYTES = 16_000


@dataclass(frozen=True)
class Content:
    """What a call wants a message to hold; None where it says nothing of it."""

    text: str
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None


def read_content(arguments: dict[str, Any]) -> Content:
    """Return the content of a call.

    Raises:
        SlackRefusalError: There is none, or it breaks a rule of Slack's.
    """
    text = text_of(arguments, "text")
    if len(text) > MAX_TEXT:
        raise SlackRefusalError("msg_too_long")
    given = arguments.get("blocks")
    blocks = None if given is None or given == "" else check_blocks(_decoded(given, "invalid_blocks_format"))
    attachments = _attachments(arguments.get("attachments"))
    if not text.strip() and not blocks and not attachments:
        raise SlackRefusalError("no_text")
    return Content(text, blocks, attachments, _metadata(arguments.get("metadata")))


def _attachments(given: object) -> list[dict[str, Any]] | None:
    if given is None or given == "":
        return None
    attachments = _decoded(given, "invalid_attachments")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackRefusalError("invalid_attachments")
    if len(attachments) > _MAX_ATTACHMENTS:
        raise SlackRefusalError("too_many_attachments")
    for one in attachments:
        if one.get("blocks"):
            check_blocks(one["blocks"])
    return attachments


def _metadata(given: object) -> dict[str, Any] | None:
    if given is None or given == "":
        return None
    metadata = _decoded(given, "invalid_metadata_format")
    if metadata == {}:
        return {}
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not metadata["event_type"]
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackRefusalError("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > _MAX_METADATA_BYTES:
        raise SlackRefusalError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _decoded(given: object, error_name: str) -> Any:
    """Return a structured argument, which clients also send as JSON in a string."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError as error:
        raise SlackRefusalError(error_name) from error
