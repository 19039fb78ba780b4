"""conversations.history: the messages of a channel, newest first, in pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from sandbox.slack.arguments import flag_of, text_of
from sandbox.slack.messages import Message
from sandbox.slack.refusals import SlackRefusalError

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 999
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
_CURSOR = "next_ts:"


def page(messages: Sequence[Message], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the page that the arguments ask for.

    Raises:
        SlackRefusalError: An argument makes no sense.
    """
    limit = _limit(text_of(arguments, "limit"))
    oldest, latest = _moment(arguments, "oldest"), _moment(arguments, "latest")
    # Both ends are exclusive unless `inclusive` is set, which is easy to get wrong when looking for one message.
    inclusive = flag_of(arguments, "inclusive")
    before = _before(text_of(arguments, "cursor"))
    found = [
        message
        for message in reversed(messages)
        # A reply belongs to its thread, not to the channel.
        if message.thread_ts in (None, message.ts)
        and (oldest is None or (micros := _micros(message.ts)) > oldest or (inclusive and micros == oldest))
        and (latest is None or (micros := _micros(message.ts)) < latest or (inclusive and micros == latest))
        and (before is None or _micros(message.ts) < before)
    ]
    shown, more = found[:limit], len(found) > limit
    with_metadata = flag_of(arguments, "include_all_metadata")
    return {
        "messages": [message.shown(with_metadata=with_metadata) for message in shown],
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": _cursor(shown[-1].ts) if more else ""},
    }


def _limit(given: str) -> int:
    if not given:
        return _DEFAULT_LIMIT
    if not given.isdecimal() or not 1 <= int(given) <= _MAX_LIMIT:
        raise SlackRefusalError("invalid_limit")
    return int(given)


def _moment(arguments: dict[str, Any], name: str) -> int | None:
    given = text_of(arguments, name)
    if given in ("", "now"):
        return None
    if not _TS.fullmatch(given):
        raise SlackRefusalError(f"invalid_ts_{name}")
    return _micros(given)


def _micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(rest.ljust(6, "0"))


def _cursor(ts: str) -> str:
    return base64.b64encode(f"{_CURSOR}{_micros(ts)}".encode()).decode()


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        told = base64.b64decode(cursor, validate=True).decode()
        return int(told.removeprefix(_CURSOR)) if told.startswith(_CURSOR) else _bad_cursor()
    except ValueError as error:
        raise SlackRefusalError("invalid_cursor") from error


def _bad_cursor() -> int:
    raise SlackRefusalError("invalid_cursor")
