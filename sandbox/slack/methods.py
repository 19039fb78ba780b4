"""The methods of the Web API that this stand-in has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.slack import history
from sandbox.slack.arguments import text_of
from sandbox.slack.content import read_content
from sandbox.slack.messages import BOT, BOT_USER, TEAM, Message
from sandbox.slack.refusals import SlackRefusalError
from sandbox.slack.state import SlackState

Method = Callable[[SlackState, dict[str, Any]], Awaitable[dict[str, Any]]]


async def api_test(_: SlackState, arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer with the arguments."""
    told = {name: value for name, value in arguments.items() if name != "token"}
    if error := text_of(arguments, "error"):
        raise SlackRefusalError(error)
    return {"args": told}


async def auth_test(_: SlackState, __: dict[str, Any]) -> dict[str, Any]:
    """Tell whose token it is."""
    team = {"url": "/", "team": "CALI sandbox (stand-in)", "team_id": TEAM}
    return {**team, "user": "cali", "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": False}


async def post_message(state: SlackState, arguments: dict[str, Any]) -> dict[str, Any]:
    """Post a message."""
    channel = state.channels.resolve(text_of(arguments, "channel"), by_name=True)
    content = read_content(arguments)
    state.limits.posting(channel)
    message = await asyncio.to_thread(
        state.store.add,
        channel=channel,
        channel_name=state.channels.names[channel],
        text=content.text,
        blocks=content.blocks or [],
        metadata=content.metadata or None,
        attachments=content.attachments or [],
        thread_ts=text_of(arguments, "thread_ts") or None,
        via="bot",
    )
    return {"channel": channel, "ts": message.ts, "message": message.shown(with_metadata=True)}


async def update_message(state: SlackState, arguments: dict[str, Any]) -> dict[str, Any]:
    """Change a message; what the call does not name stays."""
    channel = state.channels.resolve(text_of(arguments, "channel"), by_name=False)
    message = _found(state, channel, text_of(arguments, "ts"))
    if message.via != "bot":
        raise SlackRefusalError("cant_update_message")
    content = read_content(arguments)
    state.limits.calling("chat.update")
    current = message.latest
    await asyncio.to_thread(
        state.store.update,
        message,
        text=content.text or current.text,
        blocks=current.blocks if content.blocks is None else content.blocks,
        metadata=current.metadata if content.metadata is None else content.metadata or None,
    )
    shown = message.shown(with_metadata=True)
    return {"channel": channel, "ts": message.ts, "text": shown["text"], "message": shown}


async def conversations_history(state: SlackState, arguments: dict[str, Any]) -> dict[str, Any]:
    """Show the messages of a channel."""
    channel = state.channels.resolve(text_of(arguments, "channel"), by_name=False)
    state.limits.calling("conversations.history")
    return history.page(state.store.in_channel(channel), arguments)


async def conversations_list(state: SlackState, _: dict[str, Any]) -> dict[str, Any]:
    """Show the channels."""
    found = [_channel(channel, name) for channel, name in state.channels.names.items()]
    return {"channels": found, "response_metadata": {"next_cursor": ""}}


async def conversations_info(state: SlackState, arguments: dict[str, Any]) -> dict[str, Any]:
    """Show one channel."""
    channel = state.channels.resolve(text_of(arguments, "channel"), by_name=False)
    return {"channel": _channel(channel, state.channels.names[channel])}


def _found(state: SlackState, channel: str, ts: str) -> Message:
    message = state.store.find(channel, ts)
    if message is None:
        raise SlackRefusalError("message_not_found")
    return message


def _channel(channel: str, name: str) -> dict[str, Any]:
    return {
        "id": channel,
        "name": name,
        "is_channel": True,
        "is_private": False,
        "is_archived": False,
        "is_member": True,
    }


METHODS: dict[str, Method] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.update": update_message,
    "conversations.history": conversations_history,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
}
