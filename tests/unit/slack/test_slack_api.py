from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import RateLimitErrorRetryHandler

from sandbox.slack.state import DEFAULT_WEBHOOK, SlackState
from tests.unit.slack.conftest import TOKEN, new_state

METADATA: dict[str, Any] = {"event_type": "cali_alert", "event_payload": {"alert_key": "k", "window": 1}}
BLOCKS: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}]


def error_of(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    assert refused.value.response["ok"] is False
    return str(refused.value.response["error"])


def kept(address: str, since: int = 0) -> list[dict[str, Any]]:
    return list(httpx.get(f"{address}/_sandbox/messages", params={"since": since}).json())


def test_a_message_is_posted_and_kept(client: WebClient, address: str) -> None:
    before = datetime.now(UTC)
    answer = client.chat_postMessage(channel="#cali-alerts", text="hello", blocks=BLOCKS, metadata=METADATA)
    (message,) = kept(address)
    assert (message["ts"], message["channel"]) == (answer["ts"], answer["channel"])
    assert message["blocks"] == BLOCKS
    assert message["metadata"] == METADATA
    assert message["via"] == "bot"
    assert message["updates"] == []
    assert before <= datetime.fromisoformat(message["received_at"]) <= datetime.now(UTC)
    assert len(message["received_at"].split(".")[1]) == len("123456Z")


def test_a_form_is_as_good_as_json(address: str) -> None:
    fields = {
        "token": TOKEN,
        "channel": "cali-alerts",
        "text": "a & b",
        "blocks": json.dumps(BLOCKS),
        "metadata": json.dumps(METADATA),
    }
    assert httpx.post(f"{address}/api/chat.postMessage", data=fields).json()["ok"] is True
    (message,) = kept(address)
    assert (message["text"], message["blocks"], message["metadata"]) == ("a & b", BLOCKS, METADATA)


def test_who_am_i(client: WebClient) -> None:
    assert client.auth_test()["bot_id"].startswith("B")
    assert client.api_test(foo="bar")["args"]["foo"] == "bar"
    (channel, *_) = client.conversations_list()["channels"]
    assert client.conversations_info(channel=channel["id"])["channel"]["name"] == "cali-alerts"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "nowhere", "text": "a"}, "channel_not_found"),
        ({"channel": "cali-alerts", "text": " "}, "no_text"),
        ({"channel": "cali-alerts", "text": "a" * 40_001}, "msg_too_long"),
        ({"channel": "cali-alerts", "text": "a", "blocks": [{"type": "header"}]}, "invalid_blocks"),
        ({"channel": "cali-alerts", "text": "a", "blocks": "no json"}, "invalid_blocks_format"),
        ({"channel": "cali-alerts", "text": "a", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {
                "channel": "cali-alerts",
                "text": "a",
                "metadata": {"event_type": "a", "event_payload": {"k": "v" * 16_000}},
            },
            "metadata_too_large",
        ),
    ],
)
def test_what_slack_refuses_is_refused(client: WebClient, address: str, arguments: dict[str, Any], error: str) -> None:
    assert error_of(lambda: client.chat_postMessage(**arguments)) == error
    assert kept(address) == []


def test_tokens(address: str) -> None:
    assert error_of(WebClient(token="xoxb-other", base_url=f"{address}/api/").auth_test) == "invalid_auth"
    assert httpx.post(f"{address}/api/auth.test").json() == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
        ("text/xml", b"<a>", "invalid_post_type"),
    ],
)
def test_bodies_that_are_not_what_they_say(address: str, kind: str, body: bytes, error: str) -> None:
    answer = httpx.post(f"{address}/api/chat.postMessage", content=body, headers={"content-type": kind})
    assert answer.json()["error"] == error


def test_an_unknown_method(client: WebClient) -> None:
    assert error_of(lambda: client.api_call("chat.dance")) == "unknown_method"


def test_an_update_replaces_what_it_names(client: WebClient, address: str) -> None:
    posted = client.chat_postMessage(channel="cali-alerts", text="old", blocks=BLOCKS, metadata=METADATA)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="new")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="newer", blocks=[])
    (message,) = kept(address)
    assert message["text"] == "old"
    assert [update["text"] for update in message["updates"]] == ["new", "newer"]
    assert message["updates"][0]["blocks"] == BLOCKS
    assert message["updates"][0]["metadata"] == METADATA
    assert message["updates"][1]["blocks"] == []
    assert message["received_at"] < message["updates"][0]["received_at"]


def test_updates_that_cannot_be(client: WebClient, address: str) -> None:
    channel = client.chat_postMessage(channel="cali-alerts", text="a")["channel"]
    WebhookClient(f"{address}{DEFAULT_WEBHOOK}").send(text="b")
    webhook = kept(address)[1]
    assert error_of(lambda: client.chat_update(channel=channel, ts="1.000000", text="c")) == "message_not_found"
    assert error_of(lambda: client.chat_update(channel=channel, ts=webhook["ts"], text="c")) == "cant_update_message"
    # Unlike posting, updating takes no name.
    assert (
        error_of(lambda: client.chat_update(channel="cali-alerts", ts=webhook["ts"], text="c")) == "channel_not_found"
    )


def test_history_comes_newest_first_in_pages(client: WebClient) -> None:
    posted = [client.chat_postMessage(channel="cali-alerts", text=str(n), metadata=METADATA) for n in range(5)]
    channel = posted[0]["channel"]
    texts: list[str] = []
    for answer in client.conversations_history(channel=channel, limit=2):
        texts += [message["text"] for message in answer["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]
    plain = client.conversations_history(channel=channel, limit=1)
    assert plain["has_more"] is True
    assert "metadata" not in plain["messages"][0]
    full = client.conversations_history(channel=channel, include_all_metadata=True)
    assert all(message["metadata"] == METADATA for message in full["messages"])


def test_the_ends_of_history_are_left_out_unless_asked_for(client: WebClient) -> None:
    posted = [client.chat_postMessage(channel="cali-alerts", text=str(n)) for n in range(4)]
    ends = {"channel": posted[0]["channel"], "oldest": posted[0]["ts"], "latest": posted[3]["ts"]}
    without = client.conversations_history(**ends)["messages"]
    with_ends = client.conversations_history(**ends, inclusive=True)["messages"]
    assert [message["text"] for message in without] == ["2", "1"]
    assert [message["text"] for message in with_ends] == ["3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"limit": 0}, "invalid_limit"), ({"cursor": "?"}, "invalid_cursor"), ({"cursor": "YQ=="}, "invalid_cursor"),
     ({"oldest": "yesterday"}, "invalid_ts_oldest"), ({"latest": "x"}, "invalid_ts_latest")],
)  # fmt: skip
def test_wrong_history_requests(client: WebClient, arguments: dict[str, Any], error: str) -> None:
    channel = client.conversations_list()["channels"][0]["id"]
    assert error_of(lambda: client.conversations_history(channel=channel, **arguments)) == error


def test_webhooks_answer_in_words(address: str) -> None:
    url = f"{address}{DEFAULT_WEBHOOK}"
    assert WebhookClient(url).send(text="a", blocks=BLOCKS).body == "ok"
    assert httpx.post(url, data={"payload": json.dumps({"text": "b"})}).text == "ok"
    for body, status, words in (
        (b"{", 400, "invalid_payload"),
        (b"{}", 400, "no_text"),
        (b"[]", 400, "invalid_payload"),
    ):
        answer = httpx.post(url, content=body)
        assert (answer.status_code, answer.text) == (status, words)
    invalid = httpx.post(url, json={"text": "a", "blocks": [{"type": "header"}]})
    assert (invalid.status_code, invalid.text) == (400, "invalid_blocks")
    assert httpx.post(f"{address}/services/T0/B0/other", json={"text": "a"}).status_code == 404
    assert [message["via"] for message in kept(address)] == ["webhook", "webhook"]


def test_a_channel_takes_one_message_a_second(
    tmp_path: Path, serve: Callable[[SlackState], AbstractContextManager[str]]
) -> None:
    with serve(new_state(tmp_path, rate=1, burst=2)) as address:
        client = WebClient(token=TOKEN, base_url=f"{address}/api/")
        for _ in range(2):
            client.chat_postMessage(channel="cali-alerts", text="a")
        with pytest.raises(SlackApiError) as refused:
            client.chat_postMessage(channel="cali-alerts", text="a")
        assert refused.value.response.status_code == 429
        assert refused.value.response["error"] == "ratelimited"
        assert refused.value.response.headers["retry-after"] == "1"
        assert httpx.post(f"{address}{DEFAULT_WEBHOOK}", json={"text": "a"}).status_code == 429
        client.chat_postMessage(channel="general", text="a")
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
        client.chat_postMessage(channel="cali-alerts", text="the SDK waits as long as it is told")


def test_a_dropped_answer_leaves_the_message(client: WebClient, address: str) -> None:
    httpx.put(f"{address}/_sandbox/faults", json={"drop_answer": True})
    body = {"channel": "cali-alerts", "text": "kept"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{address}/api/chat.postMessage", json=body, headers={"authorization": f"Bearer {TOKEN}"})
    assert [message["text"] for message in kept(address)] == ["kept"]
    httpx.delete(f"{address}/_sandbox/faults")
    client.chat_postMessage(channel="cali-alerts", text="after")


def test_faults(client: WebClient, address: str) -> None:
    httpx.put(f"{address}/_sandbox/faults", json={"down": True})
    with pytest.raises(SlackApiError) as refused:
        client.auth_test()
    assert refused.value.response.status_code == 503
    httpx.put(f"{address}/_sandbox/faults", json={"error_rate": 1})
    assert error_of(client.auth_test) == "internal_error"
    httpx.put(f"{address}/_sandbox/faults", json={"hang": True})
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}/api/auth.test", timeout=0.2)
    assert httpx.get(f"{address}/_sandbox/health").json()["status"] == "ok"
    httpx.delete(f"{address}/_sandbox/faults")
    client.auth_test()
    assert httpx.put(f"{address}/_sandbox/faults", json={"dwon": True}).status_code == 400
    assert httpx.put(f"{address}/_sandbox/faults", json={"error_rate": 2}).status_code == 400


def test_health_and_numbering(client: WebClient, address: str) -> None:
    for number in range(3):
        client.chat_postMessage(channel="cali-alerts", text=str(number))
    health = httpx.get(f"{address}/_sandbox/health").json()
    assert (health["status"], health["messages"], health["calls"]) == ("ok", 3, {"chat.postMessage": 3})
    assert [message["text"] for message in kept(address, since=2)] == ["2"]
    assert httpx.get(f"{address}/_sandbox/messages", params={"since": "x"}).status_code == 400
