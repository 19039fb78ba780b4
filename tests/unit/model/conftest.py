from __future__ import annotations

import math
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest
import uvicorn
from openai import OpenAI

from sandbox.model.app import create_app
from sandbox.model.counters import Counters
from sandbox.model.state import ModelState

KEY = "sk-test-key-0001"


class WordEmbedder:
    """Words hashed into a vector: enough for texts that share words to be near each other."""

    name = "words-64"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._one(text) for text in texts]

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+|[^\w\s]", text))

    def _one(self, text: str) -> list[float]:
        vector = [0.0] * self.dimension
        for word in re.findall(r"\w+", text.lower()) or [text]:
            vector[zlib.crc32(word.encode()) % self.dimension] += 1.0
        norm = math.sqrt(sum(x * x for x in vector))
        return [x / norm for x in vector]


@contextmanager
def serving(state: ModelState) -> Iterator[str]:
    """Serve on a free port and yield the API's base address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(state), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        # The socket listens from the first: a request waits in it until the server takes it.
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="module")
def _shared() -> Iterator[tuple[ModelState, str]]:
    state = ModelState(embedder=WordEmbedder(), key=KEY)
    with serving(state) as base:
        yield state, base


@pytest.fixture
def address(_shared: tuple[ModelState, str]) -> Iterator[str]:
    """One server for all tests of a module, without faults and with its counters at zero."""
    state, base = _shared
    state.counters = Counters()
    yield base
    state.faults.clear()


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def serve() -> Callable[[ModelState], AbstractContextManager[str]]:
    return serving
