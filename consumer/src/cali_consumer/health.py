"""Tells the platform how the consumer does: /healthz, /readyz, /metrics, /status."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

_JSON = "application/json"


class HealthServer:
    """A small HTTP server beside the work.

    Args:
        host: Address it listens on.
        port: Port; 0 picks a free one.
        alive: Why the process should be restarted; None when it should not.
        ready: Why it is not at work; None when it is.
        status: What it knows of itself.
        registry: The counters.
    """

    def __init__(  # noqa: PLR0913  one function a page
        self,
        host: str,
        port: int,
        *,
        alive: Callable[[], str | None],
        ready: Callable[[], str | None],
        status: Callable[[], dict[str, Any]],
        registry: CollectorRegistry,
    ) -> None:
        pages: dict[str, Callable[[], tuple[int, str, bytes]]] = {
            "/healthz": lambda: _verdict(alive()),
            "/readyz": lambda: _verdict(ready()),
            "/status": lambda: (200, _JSON, json.dumps(status(), default=str).encode()),
            "/metrics": lambda: (200, CONTENT_TYPE_LATEST, generate_latest(registry)),
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path.split("?", 1)[0])
                code, kind, body = page() if page else (404, _JSON, b'{"status": "no such page"}')
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
                """Probes come every few seconds; they are no news."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


def _verdict(problem: str | None) -> tuple[int, str, bytes]:
    return (503 if problem else 200), _JSON, json.dumps({"status": problem or "ok"}).encode()
