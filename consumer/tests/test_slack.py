"""What each answer of Slack means for a message: arrived, not arrived, or nobody knows."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from slack_sdk.models.metadata import Metadata

from cali_consumer.alerts import Message
from cali_consumer.errors import ChatError, ChatRefusedError, ChatThrottledError, UnresolvedSendError
from cali_consumer.slack import BotChat, WebhookChat

MESSAGE = Message("text", [], Metadata("cali_alert", {"alert_key": "k"}))


class Server:
    """Answers every request with what it is told."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, '{"ok": true, "channel": "C123456789", "ts": "1.5"}', {}
        self.drop = False
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.requests += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                if outer.drop:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/api/"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def bot(server: Server) -> BotChat:
    return BotChat("xoxb-1", server.url, "alerts", 2)


def test_an_answer_is_a_receipt(bot: BotChat) -> None:
    receipt = bot.post(MESSAGE)
    assert (receipt.channel, receipt.ts) == ("C123456789", "1.5")


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (200, "channel_not_found", ChatError),
        (200, "invalid_blocks", ChatRefusedError),
        (429, "ratelimited", ChatThrottledError),
        (500, "internal_error", UnresolvedSendError),
        (503, "service_unavailable", UnresolvedSendError),
    ],
)
def test_refusals(server: Server, bot: BotChat, status: int, error: str, expected: type[Exception]) -> None:
    server.status, server.body = status, json.dumps({"ok": False, "error": error})
    server.headers = {"Retry-After": "7"}
    with pytest.raises(expected) as raised:
        bot.post(MESSAGE)
    assert type(raised.value) is expected
    if isinstance(raised.value, ChatThrottledError):
        assert raised.value.retry_after_s == 7


def test_a_lost_answer_is_unresolved_and_not_repeated_by_itself(server: Server, bot: BotChat) -> None:
    server.drop = True
    with pytest.raises(UnresolvedSendError):
        bot.post(MESSAGE)
    assert server.requests == 1


def test_nobody_there_means_nothing_arrived() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/api/"
        with pytest.raises(ChatError) as raised:
            BotChat("xoxb-1", url, "alerts", 2).post(MESSAGE)
    assert type(raised.value) is ChatError


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, "rate_limited", ChatThrottledError),
        (400, "invalid_blocks", ChatRefusedError),
        (404, "no_service", ChatError),
    ],
)
def test_webhook_refusals(server: Server, status: int, body: str, expected: type[Exception]) -> None:
    server.status, server.body = status, body
    with pytest.raises(expected):
        WebhookChat(server.url, 2).post(MESSAGE)
