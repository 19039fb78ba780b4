"""Slack's mrkdwn as HTML, everything in it escaped."""

from __future__ import annotations

import html
import re

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"&lt;(https?://[^|&\s]+(?:&amp;[^|&\s]+)*)(?:\|([^&\n]*(?:&amp;[^&\n]*)*))?&gt;")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)
_QUOTE = re.compile(r"(?:^&gt; ?.*(?:\n|$))+", re.MULTILINE)
_EMOJI = {
    "rotating_light": "🚨",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "x": "❌",
    "fire": "🔥",
    "mag": "🔍",
    "bulb": "💡",
    "shield": "🛡️",
    "hourglass_flowing_sand": "⏳",
    "hourglass": "⌛",
    "wrench": "🔧",
    "memo": "📝",
    "red_circle": "🔴",
    "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠",
    "large_blue_circle": "🔵",
    "robot_face": "🤖",
    "hammer_and_wrench": "🛠️",
    "books": "📚",
    "brain": "🧠",
    "bar_chart": "📊",
    "link": "🔗",
    "repeat": "🔁",
    "question": "❓",
    "exclamation": "❗",
    "boom": "💥",
    "lock": "🔒",
    "clock1": "🕐",
    "stopwatch": "⏱️",
    "dart": "🎯",
    "skull": "💀",
}
_SHORTCODE = re.compile(r":([a-z0-9_+-]+):")
# Private use characters: they cannot stand in for anything a text says, since they are removed from it first.
_HOLD = "\ue000{}\ue001"
_HELD = re.compile("\ue000(\\d+)\ue001")


def to_html(text: str) -> str:
    """Return mrkdwn as HTML.

    Examples:
        >>> to_html("*down* <b>")
        '<strong>down</strong> &lt;b&gt;'
    """
    held: list[str] = []

    def hold(markup: str) -> str:
        held.append(markup)
        return _HOLD.format(len(held) - 1)

    # Slack escapes & < > itself; unescaping first keeps what is already escaped from being escaped twice.
    safe = html.escape(html.unescape(text).replace("\ue000", "").replace("\ue001", ""), quote=True)
    safe = _FENCE.sub(lambda hit: hold(f"<pre>{hit[1]}</pre>"), safe)
    safe = _CODE.sub(lambda hit: hold(f"<code>{hit[1]}</code>"), safe)
    safe = _LINK.sub(lambda hit: hold(f'<a href="{hit[1]}" rel="noreferrer">{hit[2] or hit[1]}</a>'), safe)
    for pattern, markup in _STYLES:
        safe = pattern.sub(markup, safe)
    safe = _QUOTE.sub(_quoted, emoji(safe))
    safe = safe.replace("\n", "<br>")
    while _HELD.search(safe):
        safe = _HELD.sub(lambda hit: held[int(hit[1])], safe)
    return safe


def plain_to_html(text: str) -> str:
    """Return plain text as HTML."""
    return emoji(html.escape(text, quote=True)).replace("\n", "<br>")


def emoji(text: str) -> str:
    """Return the text with the names of common emoji exchanged for them."""
    return _SHORTCODE.sub(lambda hit: _EMOJI.get(hit[1], hit[0]), text)


def _quoted(hit: re.Match[str]) -> str:
    lines = [line.removeprefix("&gt;").removeprefix(" ") for line in hit.group().rstrip("\n").split("\n")]
    return f"<blockquote>{'<br>'.join(lines)}</blockquote>"
