"""Being asked to end by a signal, without the dangers of a handler."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable


def call_on_termination(call: Callable[[], None]) -> None:
    """Have SIGTERM and SIGINT make one call, in a thread of its own.

    A handler runs amid whatever the main thread does: where that holds the lock of the very `threading.Event` that the
    handler sets, the process never ends. So the handler only puts the signal where the thread takes it.
    """
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # its `put` is made for signal handlers
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))

    def wait() -> None:
        asked.get()
        call()

    threading.Thread(target=wait, name="signals", daemon=True).start()
