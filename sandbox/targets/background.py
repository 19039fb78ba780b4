"""Work that goes on beside other work, and ends with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Begins a piece of work in a thread of its own, which does not keep the process alive.

    Args:
        work: What to do.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the result
            self._error = error

    def result(self) -> None:
        """Wait for its end; raises what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
