"""A reverse proxy that can hold one request, before it is passed on or before its answer is: the moment to kill at.

It can also refuse a request in the server's place.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

#: Nothing waits for ever: a test that forgot to release fails by its own deadline before this.
_LONGEST_HOLD_S = 120.0
#: What belongs to one connection and is not passed on.
_OWN = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class Moment(Enum):
    """When a request is held."""

    REQUEST = "before the server sees it"
    ANSWER = "when the server has done it and the caller does not know"


@dataclass(frozen=True)
class Call:
    """A request as the proxy saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operation of AWS's JSON protocol, such as `UpdateItem`; empty for another protocol."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


@dataclass
class Hold:
    """One request that is to be held.

    Attributes:
        wanted: Which one.
        moment: When.
        call: The request, once it is held.
    """

    wanted: Callable[[Call], bool]
    moment: Moment
    call: Call | None = None
    _reached: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def matches(self, call: Call) -> bool:
        """Whether it is this request that is held; True once."""
        with self._lock:
            if self.call is None and self.wanted(call):
                self.call = call
                return True
        return False

    def hold(self) -> None:
        """Keep the request until it is released."""
        self._reached.set()
        self._released.wait(_LONGEST_HOLD_S)

    def reached(self, within_s: float) -> Call:
        """Wait until the request is held."""
        assert self._reached.wait(within_s), f"no such request within {within_s:.0f} s"
        assert self.call is not None
        return self.call

    def release(self) -> None:
        """Let it go."""
        self._released.set()


class Proxy:
    """Stands in front of one server.

    Args:
        upstream: The server's address.

    Attributes:
        rewrites: Text replaced in answers, to send a caller from one proxy to the next.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self.upstream = upstream
        self.rewrites: dict[str, str] = {}
        self._holds: list[Hold] = []
        self._refusals: list[Callable[[Call], bool]] = []
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hold(self, wanted: Callable[[Call], bool], moment: Moment) -> Hold:
        """Hold the first request from now on that is wanted."""
        hold = Hold(wanted, moment)
        self._holds.append(hold)
        return hold

    def refuse(self, wanted: Callable[[Call], bool]) -> None:
        """From now on answer what is wanted with an error of AWS's JSON protocol, and do not pass it on."""
        self._refusals.append(wanted)

    @contextmanager
    def serving(self) -> Iterator[Proxy]:
        """Listen until left; what is still held is let go."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            for hold in self._holds:
                hold.release()
            self._server.shutdown()
            self._server.server_close()

    def pass_on(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the server; status, headers, body."""
        if any(wanted(call) for wanted in self._refusals):
            body = b'{"__type": "AccessDeniedException", "message": "refused by the test"}'
            return 400, [("Content-Type", "application/x-amz-json-1.0")], body
        holds = [hold for hold in self._holds if hold.matches(call)]
        for hold in holds:
            if hold.moment is Moment.REQUEST:
                hold.hold()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            headers = {name: value for name, value in call.headers.items() if name not in _OWN}
            connection.request(call.method, call.path, call.body, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        for old, new in self.rewrites.items():
            body = body.replace(old.encode(), new.encode())
        for hold in holds:
            if hold.moment is Moment.ANSWER:
                hold.hold()
        return answer.status, answer.getheaders(), body


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, has it passed on, writes the answer."""

    protocol_version = "HTTP/1.1"

    def __init__(self, proxy: Proxy, *connection: Any) -> None:
        self._proxy = proxy
        super().__init__(*connection)

    def handle_one_request(self) -> None:
        """One request; a caller that was killed meanwhile is what this is for."""
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def __getattr__(self, name: str) -> Any:
        """Every method is answered alike."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        headers.pop("expect", None)  # http.server has answered it
        call = Call(self.command, self.path, headers, self._body())
        try:
            status, answered, body = self._proxy.pass_on(call)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in answered:
            if name.lower() not in _OWN:
                self.send_header(name, value)
        length = str(len(body))
        if self.command == "HEAD":
            length = next((value for name, value in answered if name.lower() == "content-length"), "0")
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)
