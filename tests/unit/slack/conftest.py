from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from slack_sdk import WebClient

from sandbox.slack.app import create_app
from sandbox.slack.limits import RateLimits
from sandbox.slack.state import SlackState
from sandbox.slack.store import MessageStore

TOKEN = "xoxb-test"


@contextmanager
def serving(state: SlackState) -> Iterator[str]:
    """Serve on a free port and yield the address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(create_app(state), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def new_state(directory: Path, *, rate: float = 1000.0, burst: int = 1000) -> SlackState:
    return SlackState(store=MessageStore(directory), limits=RateLimits(rate=rate, burst=burst), token=TOKEN)


@pytest.fixture
def state(tmp_path: Path) -> SlackState:
    return new_state(tmp_path)


@pytest.fixture
def address(state: SlackState) -> Iterator[str]:
    with serving(state) as base:
        yield base


@pytest.fixture
def client(address: str) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{address}/api/", timeout=10)


@pytest.fixture
def serve() -> Callable[[SlackState], AbstractContextManager[str]]:
    return serving
