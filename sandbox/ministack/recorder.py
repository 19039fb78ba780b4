"""Counts decisions in memory and keeps the file of them up to date, off the path of any request."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from sandbox.iam.decisions import Decision, family, read, write

#: Seconds that counts may be behind in the file, and that news may be.
_COUNTS_S = 5.0
_NEWS_S = 0.2

log = logging.getLogger("sandbox.ministack")


class Recorder:
    """Decisions by role, action and resource.

    Args:
        path: Where they are kept, over restarts too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._decisions = {(d.role, d.action, d.resource): d for d in read(path)}
        self._changed = False
        self._news, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def record(self, role: str, action: str, resource: str, *, allowed: bool) -> None:
        """Count one decision."""
        key = (role, action, family(resource))
        now = time.time()
        with self._lock:
            decision = self._decisions.get(key)
            news = decision is None
            if decision is None:
                decision = self._decisions[key] = Decision(*key)
            if allowed:
                news |= bool(decision.denied_since)
                decision.allowed += 1
                decision.allowed_at, decision.denied_since = now, 0.0
            else:
                news = True
                decision.denied += 1
                decision.denied_at = now
                decision.denied_since = decision.denied_since or now
            self._changed = True
        if news:
            self._news.set()

    def close(self) -> None:
        """Write what is not written yet."""
        self._closing.set()
        self._news.set()
        self._thread.join()
        self._write()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._news.wait(_COUNTS_S)
            self._closing.wait(_NEWS_S)
            self._news.clear()
            try:
                self._write()
            except OSError as error:  # A full disk, perhaps for a while: counting goes on.
                log.warning("%s cannot be written: %s", self._path, error)
                self._changed = True

    def _write(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, False
            decisions = list(map(_copy, self._decisions.values())) if changed else []
        if changed:
            write(self._path, decisions)


def _copy(decision: Decision) -> Decision:
    return Decision(**vars(decision))
