from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.slack.limits import RateLimits, TokenBucket
from sandbox.slack.messages import Message
from sandbox.slack.refusals import SlackRefusalError
from sandbox.slack.store import FILE, MessageStore


def add(store: MessageStore, text: str = "hello", **more: Any) -> Message:
    content: dict[str, Any] = {
        "channel": "C1",
        "channel_name": "one",
        "blocks": [],
        "metadata": None,
        "via": "bot",
        **more,
    }
    return store.add(text=text, **content)


def test_a_restart_keeps_messages_and_updates(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    message = add(store, "ü\u2028\n", metadata={"event_type": "a", "event_payload": {"k": 1}})
    store.update(message, text="new", blocks=[{"type": "divider"}], metadata=None)
    store.close()
    again = MessageStore(tmp_path)
    assert again.since(0) == [message]
    assert again.since(0)[0].latest.text == "new"
    assert add(again).index == 1


def test_a_torn_last_line_is_left_out_and_written_over(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    add(store, "first")
    store.close()
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"event": "message", "index": 1, "te')
    again = MessageStore(tmp_path)
    assert [message.text for message in again.since(0)] == ["first"]
    add(again, "second")
    again.close()
    assert [message.text for message in MessageStore(tmp_path).since(0)] == ["first", "second"]


def test_only_the_newest_stay_and_keep_their_numbers(tmp_path: Path) -> None:
    store = MessageStore(tmp_path, keep=4)
    for number in range(11):
        message = add(store, str(number))
    store.update(message, text="edited", blocks=[], metadata=None)
    store.close()
    again = MessageStore(tmp_path, keep=4)
    assert [message.index for message in again.since(0)] == [7, 8, 9, 10]
    assert again.since(10)[0].latest.text == "edited"
    assert len((tmp_path / FILE).read_text().splitlines()) < 10
    assert len(again) == 11


def test_ids_rise_even_when_the_clock_does_not(tmp_path: Path) -> None:
    store = MessageStore(tmp_path, clock=lambda: 1000.0)
    assert [add(store).ts for _ in range(3)] == ["1000.000000", "1000.000001", "1000.000002"]
    store.close()
    assert add(MessageStore(tmp_path, clock=lambda: 999.0)).ts == "1000.000003"


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = [0.0]
    bucket = TokenBucket(rate=1, burst=3, clock=lambda: now[0])
    assert [bucket.wait_s() for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 0.25
    assert bucket.wait_s() == 0.75
    now[0] = 1.0
    assert bucket.wait_s() == 0
    now[0] = 100.0
    assert [bucket.wait_s() > 0 for _ in range(4)] == [False, False, False, True]


def test_channels_do_not_share_their_limit_and_methods_have_their_own() -> None:
    limits = RateLimits(rate=1, burst=1, clock=lambda: 0.0)
    limits.posting("a")
    limits.posting("b")
    with pytest.raises(SlackRefusalError) as refused:
        limits.posting("a")
    assert refused.value.headers() == {"retry-after": "1"}
    for _ in range(50):
        limits.calling("chat.update")
    with pytest.raises(SlackRefusalError, match="ratelimited"):
        limits.calling("chat.update")
    limits.calling("conversations.history")
