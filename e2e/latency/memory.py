"""Peak memory of every process of a sandbox, summed as PSS: shared pages count once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import psutil

#: PSS walks every mapping of a process: more often than this would disturb what is measured.
INTERVAL_S = 5.0


class PeakMemory:
    """Samples in a thread of its own until it is left.

    Args:
        processes: The processes to sum up, asked anew for every sample.

    Attributes:
        bytes: The greatest sum seen.
    """

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.bytes = 0

    def __enter__(self) -> PeakMemory:
        """Begin to sample."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sampling."""
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.bytes = max(self.bytes, sum(map(_size, self._processes())))
            if self._over.wait(INTERVAL_S):
                return


def _size(process: psutil.Process) -> int:
    """PSS where the system counts it (Linux), else the resident size, which is never less."""
    try:
        full = process.memory_full_info()
    except (psutil.Error, OSError):
        return 0
    return int(getattr(full, "pss", full.rss))
