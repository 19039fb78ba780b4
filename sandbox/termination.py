"""Being asked to end by a signal, without the dangers of a handler."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable


def call_on_termination(call: Callable[[], None]) -> None:
    """Have a thread of its own wait for SIGTERM or SIGINT, and make one call.

    A handler would run amid whatever the main thread does: where that holds the lock of the very `threading.Event` that
    the handler sets, the process never ends. Call it before other threads start: they inherit that the signals wait.
    """
    numbers = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)

    def wait() -> None:
        signal.sigwait(numbers)
        call()

    threading.Thread(target=wait, name="signals", daemon=True).start()
