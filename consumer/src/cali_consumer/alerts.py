"""Step 10, first half: what an alert looks like, in Slack's blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.metadata import Metadata

from cali_consumer.alert import Alert
from cali_consumer.record import Level

_ICONS = {
    Level.WARN: "\N{LARGE YELLOW CIRCLE}",
    Level.ERROR: "\N{LARGE RED CIRCLE}",
    Level.FATAL: "\N{COLLISION SYMBOL}",
}
# Slack's limits are 150, 3,000 and 2,000; ours leave room for what stands around a text.
_HEADER, _SECTION, _FIELD, _SHORT = 150, 2800, 1900, 250
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CUT_ENTITY = re.compile(r"&[a-z]{0,3}$")


@dataclass(frozen=True)
class Message:
    """A message for the chat; `metadata` lets it be found again after a crash."""

    text: str
    blocks: list[dict[str, Any]]
    metadata: Metadata


def render(alert: Alert, *, mark: str = "", link: str = "", final: bool = False) -> Message:
    """The alert as it stands now.

    Args:
        alert: What is known so far.
        mark: A word in front of it all, for a message that follows or repeats another.
        link: Where the record can be looked at; `{record_id}` and `{trace_id}` are filled in.
        final: Whether no analysis will follow.
    """
    title = f"{_ICONS.get(alert.level, '')} {alert.level.value}: {alert.service}"
    if mark:
        title = f"[{mark}] {title}"
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=_plain(title)[:_HEADER])),
        SectionBlock(
            fields=[
                _markdown(f"*Severity*\n{alert.level.value}"),
                _markdown(f"*Service*\n{_safe(alert.service, _SHORT)}"),
                _markdown(f"*Time*\n{_safe(alert.timestamp, _SHORT)}"),
                _markdown(f"*Confidence*\n{_confidence(alert)}"),
            ]
        ),
        SectionBlock(text=_markdown(f"```{_safe(alert.message, _SECTION).replace('```', '` ` `')}```")),
        *_explanation(alert, final=final),
    ]
    if alert.incidents:
        blocks += [DividerBlock(), SectionBlock(text=_markdown(_past(alert)))]
    blocks.append(ContextBlock(elements=[_markdown(_origin(alert, link))]))
    payload = {
        "alert_key": alert.alert_key,
        "record_id": alert.record_id,
        "log_time": alert.log_time or alert.timestamp,
        "window": alert.window,
    }
    return Message(
        text=_safe(f"{title}: {alert.message.splitlines()[0] if alert.message.strip() else ''}", _SECTION),
        blocks=[block.to_dict() for block in blocks],
        metadata=Metadata(event_type="cali_alert", event_payload=payload),
    )


def _explanation(alert: Alert, *, final: bool) -> list[Block]:
    if alert.analysis:
        parts = [
            ("Cause", alert.analysis.cause),
            ("Immediate action", alert.analysis.immediate_action),
            ("Prevention", alert.analysis.prevention),
        ]
    elif alert.matched and alert.incidents:
        best = alert.incidents[0]
        parts = [
            ("Cause of the nearest past incident", best.cause),
            ("Immediate action that helped then", best.resolution),
            ("Prevention", "not known before the analysis"),
        ]
    else:
        parts = []
    blocks: list[Block] = [
        SectionBlock(text=_markdown(f"*{heading}*\n{_safe(text, _SECTION)}")) for heading, text in parts
    ]
    if note := _note(alert, final=final):
        blocks.append(ContextBlock(elements=[_markdown(_safe(note, _FIELD))]))
    return blocks


def _note(alert: Alert, *, final: bool) -> str:
    if alert.degraded:
        return f"Degraded: past incidents could not be searched ({alert.degraded}). Saved as a new error."
    if not alert.matched:
        best = (
            f"the nearest has a similarity of {alert.similarity:.2f}"
            if alert.similarity is not None
            else "there are none"
        )
        return f"No past incident resembles this error enough: {best}. Saved as a new error."
    if alert.analysis:
        return ""
    if final:
        return "The model gave no analysis; this is the nearest past incident."
    return "The model's analysis follows."


def _confidence(alert: Alert) -> str:
    if alert.analysis:
        return f"{alert.analysis.confidence:.0%}"
    return "similarity only" if alert.matched else "none"


def _past(alert: Alert) -> str:
    lines = [
        f"• `{_safe(incident.id, 60)}` {incident.similarity:.2f} {_safe(incident.service, 60)}: "
        f"{_safe(incident.error_message.splitlines()[0] if incident.error_message else '', _SHORT)}"
        for incident in alert.incidents
    ]
    return "*Past incidents and their similarity*\n" + "\n".join(lines)


def _origin(alert: Alert, link: str) -> str:
    parts = [f"record `{alert.record_id}`"]
    if alert.trace_id:
        parts.append(f"trace `{_safe(alert.trace_id, _SHORT)}`")
    if alert.pod_name:
        parts.append(f"pod `{_safe(alert.pod_name, _SHORT)}`")
    if link:
        address = link.replace("{record_id}", alert.record_id).replace("{trace_id}", _url_part(alert.trace_id or ""))
        parts.append(f"<{address}|look it up>")
    return " · ".join(parts)


def _url_part(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "", text)[:_SHORT]


def _markdown(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text)


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _safe(text: str, limit: int) -> str:
    """A log's text as text: nothing in it mentions anybody or links anywhere."""
    escaped = _CONTROL.sub(" ", text[:limit]).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) > limit or len(text) > limit:
        escaped = _CUT_ENTITY.sub("", escaped[: limit - 1]) + "…"
    return escaped or "-"
