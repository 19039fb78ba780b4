"""Slack's rules for blocks: the SDK's own validators, and the documented limits that it leaves to the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block

from sandbox.slack.refusals import SlackRefusalError

MAX_BLOCKS = 50
# Not in Slack's documentation: the size at which its API was seen to answer `msg_blocks_too_long`.
MAX_BLOCKS_CHARACTERS = 13_200
_HEADER_TEXT = 150
_SECTION_TEXT = 3000
_FIELD_TEXT = 2000
_CONTEXT_ELEMENTS = 10
_CONTEXT_TEXT = 3000
# Those a message may carry; modals and the home tab have more.
# fmt: off
_TYPES = frozenset([
    "actions", "alert", "card", "carousel", "context", "context_actions", "divider", "file", "header",
    "image", "input", "markdown", "plan", "rich_text", "section", "table", "task_card", "video",
])
# fmt: on
_REQUIRED = {
    "actions": "elements",
    "context": "elements",
    "header": "text",
    "image": "alt_text",
    "rich_text": "elements",
}

# The SDK warns of every field newer than itself, which is not a fault of the caller.
logging.getLogger("slack_sdk.models").setLevel(logging.ERROR)


def check_blocks(blocks: object) -> list[dict[str, Any]]:
    """Return the blocks of a message, checked.

    Raises:
        SlackRefusalError: `invalid_blocks` and the like, with what is wrong where.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackRefusalError("invalid_blocks_format")
    problems = [f"no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"] if len(blocks) > MAX_BLOCKS else []
    for index, block in enumerate(blocks):
        problems += [f"{what} [json-pointer:/blocks/{index}{where}]" for what, where in _problems(block)]
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(map(str, ids))):
        problems.append("block_id must be unique in a message [json-pointer:/blocks]")
    if problems:
        raise SlackRefusalError("invalid_blocks", details=problems)
    if sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks) > MAX_BLOCKS_CHARACTERS:
        raise SlackRefusalError("msg_blocks_too_long")
    return blocks


def _problems(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        yield f"unsupported type: {kind}", "/type"
        return
    if (needed := _REQUIRED.get(kind)) and not block.get(needed):
        yield f"missing required field: {needed}", ""
        return
    shape = list(_shape_problems(block))
    yield from shape
    if shape:
        return
    yield from _text_problems(block)
    try:
        for parsed in Block.parse_all([block]):
            # The SDK looks no deeper than the block itself.
            for part in (parsed, *(getattr(parsed, "elements", None) or []), getattr(parsed, "accessory", None)):
                if isinstance(part, JsonObject):
                    part.validate_json()
    except SlackObjectFormationError as error:
        yield str(error), ""
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        # The SDK trips over what is not of the shape it expects.
        yield f"malformed block: {error}", ""


def _shape_problems(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("elements", "fields"):
        if name in block and not (
            isinstance(block[name], list) and block[name] and all(isinstance(one, dict) for one in block[name])
        ):
            yield "must be a list of objects, and not be empty", f"/{name}"
    for where, given, kinds in _text_objects(block):
        if not isinstance(given, dict) or given.get("type") not in kinds:
            yield f"must be a text object of type {' or '.join(kinds)}", where
        elif not isinstance(given.get("text"), str) or not given["text"]:
            yield "must be more than 0 characters", f"{where}/text"


def _text_objects(block: dict[str, Any]) -> Iterator[tuple[str, object, tuple[str, ...]]]:
    """Yield the places where a text object belongs, with what stands there and the types it may have."""
    either = ("plain_text", "mrkdwn")
    if block["type"] == "header":
        yield "/text", block["text"], ("plain_text",)
    if block["type"] == "section":
        if block.get("text") is not None:
            yield "/text", block["text"], either
        if isinstance(fields := block.get("fields"), list):
            yield from ((f"/fields/{index}", one, either) for index, one in enumerate(fields))
    if block["type"] in ("context", "actions") and isinstance(elements := block.get("elements"), list):
        for index, one in enumerate(elements):
            if isinstance(one, dict) and block["type"] == "context" and one.get("type") != "image":
                yield f"/elements/{index}", one, either
            if isinstance(one, dict) and one.get("type") == "button":
                yield f"/elements/{index}/text", one.get("text"), ("plain_text",)


def _text_problems(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    limits = {"header": _HEADER_TEXT, "section": _SECTION_TEXT, "context": _CONTEXT_TEXT, "actions": 75}
    for where, given, _ in _text_objects(block):
        most = _FIELD_TEXT if where.startswith("/fields") else limits[block["type"]]
        if isinstance(given, dict) and len(given["text"]) > most:
            yield f"must be less than {most + 1} characters", f"{where}/text"
    if block["type"] == "context" and len(block["elements"]) > _CONTEXT_ELEMENTS:
        yield f"no more than {_CONTEXT_ELEMENTS} items allowed", "/elements"
    for index, one in enumerate(block.get("elements") or []):
        url = one.get("url") if one.get("type") == "button" else None
        if url is not None and not str(url).startswith(("http://", "https://", "mailto:", "slack://", "tel:")):
            yield "must be a valid URL", f"/elements/{index}/url"
