from __future__ import annotations

import doctest
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient

from sandbox.slack import mrkdwn
from sandbox.slack.block_html import blocks_html
from sandbox.slack.mrkdwn import to_html

GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "url": 'http://a/?"'}
RICH = {"type": "text", "text": "r1"}
_MADE_HERE = {"strong", "em", "s", "code", "pre", "a", "blockquote", "br"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* _em_ ~gone~ `x*y*z`", "<strong>bold</strong> <em>em</em> <s>gone</s> <code>x*y*z</code>"),
        ("a*b*c snake_case_name", "a*b*c snake_case_name"),
        ("```\na < b\n```", "<pre>a &lt; b</pre>"),
        ("<http://a/?b&amp;c|here>", '<a href="http://a/?b&amp;c" rel="noreferrer">here</a>'),
        ("<javascript:alert(1)|here>", "&lt;javascript:alert(1)|here&gt;"),
        ("> said\nnot", "<blockquote>said</blockquote>not"),
        (":fire: :nonsense:", "🔥 :nonsense:"),
        ("&lt;b&gt; <b>", "&lt;b&gt; &lt;b&gt;"),
    ],
)
def test_mrkdwn(text: str, expected: str) -> None:
    assert to_html(text) == expected


@given(st.text() | st.text(alphabet="<>|&\"'`*_~\n:/http#;ab "))
def test_no_text_makes_markup_of_its_own(text: str) -> None:
    tags = Tags()
    tags.feed(to_html(text))
    assert {tag for tag, _ in tags.found} <= _MADE_HERE
    for tag, attributes in tags.found:
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())
        assert str(attributes.get("href", "http://")).startswith(("http://", "https://"))


def test_the_examples_hold() -> None:
    assert doctest.testmod(mrkdwn).failed == 0


def test_every_kind_of_block_is_drawn() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "<Down>"}},
        {"type": "divider"},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*a*"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "seen"}]},
        {"type": "actions", "elements": [GO]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [RICH]}]},
        {"type": "table", "rows": "<x>"},
    ]  # fmt: skip
    drawn = blocks_html(blocks)
    for part in (
        "<h3>&lt;Down&gt;</h3>",
        "<hr>",
        "<strong>a</strong>",
        "seen",
        'href="http://a/?&quot;"',
        "r1",
        "&lt;x&gt;",
    ):
        assert part in drawn


def test_the_page_shows_messages_and_loads_nothing_from_elsewhere(client: WebClient, address: str) -> None:
    assert "No message yet" in httpx.get(address).text
    posted = client.chat_postMessage(channel="cali-alerts", text="ERROR <script>alert(1)</script>")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="ERROR <img src=x onerror=alert(1)>")
    page = httpx.get(address).text
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "(edited)" in page
    assert re.findall(r"""(?:src|href)=["'](?!data:)[^"']*""", page) == []
    assert httpx.get(f"{address}/_sandbox/feed").text in page
