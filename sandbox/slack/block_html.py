"""Blocks as HTML."""

from __future__ import annotations

import html
import json
from typing import Any

from sandbox.slack.mrkdwn import plain_to_html, to_html


def blocks_html(blocks: list[dict[str, Any]]) -> str:
    """Return the blocks of a message as HTML; one of a kind that is not drawn is shown as what it is."""
    return "".join(_block(block) for block in blocks)


def _block(block: dict[str, Any]) -> str:  # noqa: PLR0911 - one return a kind of block
    match block.get("type"):
        case "header":
            return f"<h3>{_text(block.get('text'))}</h3>"
        case "divider":
            return "<hr>"
        case "section":
            return _section(block)
        case "context":
            elements = "".join(f"<span>{_element(one)}</span>" for one in _list(block, "elements"))
            return f'<div class="context">{elements}</div>'
        case "actions":
            return f'<div class="actions">{"".join(_element(one) for one in _list(block, "elements"))}</div>'
        case "markdown":
            return f'<div class="section">{to_html(str(block.get("text", "")))}</div>'
        case "rich_text":
            return f'<div class="section">{_rich(block)}</div>'
        case "image":
            return f'<div class="context">🖼 {html.escape(str(block.get("alt_text", "")))}</div>'
        case kind:
            shown = html.escape(json.dumps(block, ensure_ascii=False, indent=1))
            return f"<details><summary>{html.escape(str(kind))}</summary><pre>{shown}</pre></details>"


def _section(block: dict[str, Any]) -> str:
    text = f'<div class="section">{_text(block["text"])}</div>' if block.get("text") else ""
    fields = "".join(f"<div>{_text(one)}</div>" for one in _list(block, "fields"))
    accessory = block.get("accessory")
    beside = f'<div class="actions">{_element(accessory)}</div>' if isinstance(accessory, dict) else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "") + beside


def _element(element: dict[str, Any]) -> str:
    match element.get("type"):
        case "button":
            style = element.get("style") if element.get("style") in ("primary", "danger") else "plain"
            label, url = _text(element.get("text")), str(element.get("url") or "")
            if url.startswith(("http://", "https://")):
                return f'<a class="button {style}" href="{html.escape(url, quote=True)}" rel="noreferrer">{label}</a>'
            return f'<span class="button {style}">{label}</span>'
        case "image":
            # No picture is loaded from anywhere: the page must work, and stay silent, without a network.
            return html.escape(str(element.get("alt_text", "")))
        case "mrkdwn" | "plain_text":
            return _text(element)
        case kind:
            return f'<span class="button plain">{html.escape(str(kind))}</span>'


def _text(text: object) -> str:
    if not isinstance(text, dict):
        return ""
    said = str(text.get("text", ""))
    return to_html(said) if text.get("type") == "mrkdwn" else plain_to_html(said)


def _rich(element: dict[str, Any]) -> str:  # noqa: PLR0911 - the same
    inner = "".join(_rich(one) for one in _list(element, "elements"))
    match element.get("type"):
        case "text":
            return plain_to_html(str(element.get("text", "")))
        case "rich_text_preformatted":
            return f"<pre>{inner}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{inner}</blockquote>"
        case "rich_text_list":
            return f"<ul>{''.join(f'<li>{_rich(one)}</li>' for one in _list(element, 'elements'))}</ul>"
        case "link":
            return html.escape(str(element.get("text") or element.get("url", "")))
        case "emoji":
            return plain_to_html(f":{element.get('name', '')}:")
        case _:
            return inner


def _list(block: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = block.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
