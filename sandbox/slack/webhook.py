"""Incoming webhooks, which answer in words instead of JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.slack.content import read_content
from sandbox.slack.refusals import SlackRefusalError
from sandbox.slack.state import SlackState


async def receive(state: SlackState, request: Request) -> Response:
    """Take one message.

    Raises:
        SlackRefusalError: Slack would not take it.
    """
    if request.url.path != state.webhook:
        raise SlackRefusalError("no_service", status=404)
    payload = _payload(await request.body(), request.headers.get("content-type", ""))
    # A webhook carries no message metadata.
    try:
        content = read_content({**payload, "metadata": None})
    except SlackRefusalError as error:
        raise SlackRefusalError(error.error, details=error.details, status=400) from error
    channel = state.channels.first
    state.limits.posting(channel)
    await asyncio.to_thread(
        state.store.add,
        channel=channel,
        channel_name=state.channels.names[channel],
        text=content.text,
        blocks=content.blocks or [],
        metadata=None,
        attachments=content.attachments or [],
        via="webhook",
    )
    return PlainTextResponse("ok")


def _payload(body: bytes, kind: str) -> dict[str, Any]:
    """Return the message in a body that is JSON, or a form with JSON under `payload`."""
    try:
        text = body.decode()
        if kind.startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text).get("payload", [""])[0]
        payload = json.loads(text)
    except ValueError as error:
        raise SlackRefusalError("invalid_payload", status=400) from error
    if not isinstance(payload, dict):
        raise SlackRefusalError("invalid_payload", status=400)
    return payload
