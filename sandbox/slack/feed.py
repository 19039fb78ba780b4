"""The page that shows what Slack would show."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from importlib.resources import files

from sandbox.slack.block_html import blocks_html
from sandbox.slack.messages import Message
from sandbox.slack.mrkdwn import to_html

# What a page shows; the rest is in `/_sandbox/messages`.
_SHOWN = 200
# The left edge of a message has the colour of the level it names first.
_LEVELS = {"fatal": "fatal", "critical": "fatal", "error": "error", "warn": "warn"}
_LEVEL = re.compile("|".join(_LEVELS), re.IGNORECASE)


def page(messages: Sequence[Message]) -> str:
    """Return the whole page."""
    shell = files("sandbox.slack").joinpath("feed.html").read_text(encoding="utf-8")
    return shell.replace("<!-- messages -->", fragment(messages))


def fragment(messages: Sequence[Message]) -> str:
    """Return the messages, the newest first."""
    if not messages:
        return '<p class="empty">No message yet. An alert appears here within seconds of its error.</p>'
    count = len(messages)
    rest = f", the newest {_SHOWN} shown" if count > _SHOWN else ""
    head = f'<p class="count">{count} message{"s" if count > 1 else ""} kept{rest}</p>'
    return head + "".join(_message(message) for message in reversed(messages[-_SHOWN:]))


def _message(message: Message) -> str:
    current = message.latest
    body = blocks_html(current.blocks) or f'<div class="section">{to_html(current.text)}</div>'
    body += "".join(blocks_html(one["blocks"]) for one in message.attachments if isinstance(one.get("blocks"), list))
    edited = f' <span class="edited" title="{len(message.updates)} times">(edited)</span>' if message.updates else ""
    level = _level(current.text + body[:400])
    day, _, clock = message.received_at.partition("T")
    tag = "APP" if message.via == "bot" else "WEBHOOK"
    return (
        f'<article class="{level}" id="m{message.index}">'
        f'<div class="avatar" aria-hidden="true">C</div><div class="body">'
        f'<div class="head"><b>CALI</b><span class="tag">{tag}</span>'
        f'<span class="channel">#{html.escape(message.channel_name)}</span>'
        f'<time title="{html.escape(message.received_at)}">{html.escape(f"{day} {clock[:12]}")}</time>{edited}</div>'
        f"{body}</div></article>"
    )


def _level(text: str) -> str:
    found = _LEVEL.search(text)
    return _LEVELS[found.group().lower()] if found else "plain"
