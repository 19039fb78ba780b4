from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blocks import check_blocks
from sandbox.slack.refusals import SlackRefusalError


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Open"), "action_id": "open", **more}


GOOD: list[list[dict[str, Any]]] = [
    [{"type": "header", "text": plain("x" * 150)}],
    [{"type": "section", "text": mrkdwn("x" * 3000)}],
    [{"type": "section", "fields": [mrkdwn("x" * 1000)] * 10}],
    [{"type": "context", "elements": [mrkdwn("a"), {"type": "image", "image_url": "http://a/b.png", "alt_text": "b"}]}],
    [{"type": "actions", "elements": [button(url="https://a/"), button(style="danger")]}],
    [{"type": "divider"}] * 50,
    [],
]
BAD: list[tuple[list[Any], str]] = [
    ([{"type": "header", "text": plain("x" * 151)}], "151 characters"),
    ([{"type": "header", "text": mrkdwn("x")}], "plain_text"),
    ([{"type": "header"}], "missing required field"),
    ([{"type": "section"}], "text or fields"),
    ([{"type": "section", "text": mrkdwn("x" * 3001)}], "3001 characters"),
    ([{"type": "section", "text": mrkdwn("")}], "more than 0"),
    ([{"type": "section", "text": "words"}], "text object"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "10 items"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "2001 characters"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "10"),
    ([{"type": "context", "elements": []}], "missing required field"),
    ([{"type": "actions", "elements": [button(text=plain("x" * 76))]}], "76 characters"),
    ([{"type": "actions", "elements": [button(url="javascript:alert(1)")]}], "valid URL"),
    ([{"type": "actions", "elements": [button(style="loud")]}], "style"),
    ([{"type": "actions", "elements": [button()] * 26}], "25 elements"),
    ([{"type": "image", "image_url": "http://a/b.png"}], "missing required field"),
    ([{"type": "nonsense"}], "unsupported type"),
    ([{"type": "divider"}] * 51, "50 items"),
    ([{"type": "divider", "block_id": "a"}] * 2, "unique"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_what_slack_takes_is_taken(blocks: list[dict[str, Any]]) -> None:
    assert check_blocks(blocks) == blocks


@pytest.mark.parametrize(("blocks", "complaint"), BAD)
def test_what_slack_refuses_is_refused_with_its_place(blocks: list[Any], complaint: str) -> None:
    with pytest.raises(SlackRefusalError) as refused:
        check_blocks(blocks)
    assert refused.value.error == "invalid_blocks"
    assert any(complaint in detail for detail in refused.value.details), refused.value.details
    assert "json-pointer:/blocks" in refused.value.details[0]


def test_too_much_in_all_is_refused() -> None:
    with pytest.raises(SlackRefusalError, match="msg_blocks_too_long"):
        check_blocks([{"type": "section", "text": mrkdwn("x" * 2900)}] * 5)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "fields", "url", "accessory", "block_id"]), inner
        )
    ),
)
_BLOCK = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["section", "header", "context", "actions", "image", "rich_text", "input", "table", "video"]
        )
    },
    optional={"text": _JSON, "elements": _JSON, "fields": _JSON, "accessory": _JSON, "block_id": _JSON, "rows": _JSON},
)


@given(_JSON | st.lists(_BLOCK, max_size=3))
def test_anything_is_taken_or_refused(blocks: Any) -> None:
    # Any other exception would be a call that is answered with HTTP 500.
    with contextlib.suppress(SlackRefusalError):
        assert check_blocks(blocks) == blocks
