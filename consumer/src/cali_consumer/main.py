"""The process: settings, signals, exit code."""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading

from cali_consumer import logs
from cali_consumer.app import App
from cali_consumer.errors import SettingsError
from cali_consumer.settings import load

log = logging.getLogger(__name__)


def main() -> int:
    """Run until SIGTERM or SIGINT; 2 when a setting is wrong."""
    try:
        settings = load()
    except SettingsError as error:
        sys.stderr.write(f"cali-consumer: {error}\n")
        return 2
    logs.configure(settings.log_level)
    _keep_loopback_direct()
    stop = threading.Event()
    _set_on_signal(stop)
    try:
        app = App(settings, stop)
    except OSError as error:
        sys.stderr.write(
            f"cali-consumer: CALI_HEALTH_PORT: {settings.health_host}:{settings.health_port}: {error.strerror}\n"
        )
        return 2
    app.run()
    logging.shutdown()
    # A request that hangs in a library's thread must not hold the process beyond its drain.
    os._exit(0)


def _set_on_signal(stop: threading.Event) -> None:
    """Have SIGTERM and SIGINT set it, by a thread: a handler may interrupt a wait that holds the lock `set` needs."""
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # its `put` is made for signal handlers
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))

    def wait() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=wait, name="signals", daemon=True).start()


def _keep_loopback_direct() -> None:
    """A user's proxy is for what is elsewhere."""
    for name in ("NO_PROXY", "no_proxy"):
        known = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*known, "127.0.0.1", "localhost", "::1"]))
