"""The loop: read, filter, hand over, and remember what was acknowledged."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from sandbox.shipper.counters import Counters
from sandbox.shipper.outputs.base import RetryPolicy
from sandbox.shipper.pipeline import Pipeline
from sandbox.shipper.tail.offsets import OffsetsError

log = logging.getLogger(__name__)

#: How often files are looked at when nothing comes in.
POLL_S = 0.02
#: At a stop, records that still wait for more lines get this long; the others are read again next time.
LAST_FLUSH_S = 1.0
_OFFSETS = "offsets"
_OFFSETS_RETRY = RetryPolicy(base_s=0.2, cap_s=5.0)


class Engine:
    """Runs a pipeline until it is asked to stop.

    Offsets that cannot be written are written later. Anything else that fails in the loop ends the process: what was
    read and not yet handed over is read again by the next one, which a loop that went on could not promise.
    """

    def __init__(self, pipeline: Pipeline, counters: Counters) -> None:
        self.pipeline = pipeline
        self.counters = counters
        self._stop = threading.Event()
        self._held_bytes = 0
        self._paused = False
        self._offset_failures = 0
        self._save_at = 0.0
        self.round_at: float | None = None  # when the loop last came round, by the monotonic clock

    def stop(self) -> None:
        """Ask it to deliver what it read, and end."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        for output in self.pipeline.outputs:
            output.start()
        next_flush = 0.0
        while not self._stop.is_set():
            now = self.round_at = time.monotonic()
            lines = self.counters.lines_read
            self._round(now)
            if now >= next_flush:
                next_flush = now + self.pipeline.service.flush_s
                self._flush()
            if self.counters.lines_read == lines:
                self._stop.wait(min(POLL_S, max(0.0, next_flush - time.monotonic())))
        self._drain()

    def health(self) -> dict[str, Any]:
        """What the health answer holds besides its status."""
        files = [
            {
                "path": file.path,
                "offset": file.saved,
                "read": file.position,
                "lag_bytes": max(0, file.size() - max(0, file.saved)),
            }
            for item in self.pipeline.inputs
            for file in list(item.files.values())
        ]
        return {
            "paused": self._paused,
            "held_bytes": self._held_bytes,
            "counters": self.counters.as_json(),
            "files": files,
        }

    def _round(self, now: float) -> None:
        self._acknowledge()
        self._held_bytes += self.pipeline.due(now)
        paused = self._held_bytes >= self.pipeline.memory_bytes
        if paused is not self._paused:
            self._paused = paused
            log.warning("paused reading" if paused else "reading again", extra={"held_bytes": self._held_bytes})
        if not paused:
            for item in self.pipeline.inputs:
                self._held_bytes += self.pipeline.accept(item.poll(now), now)

    def _acknowledge(self) -> None:
        for output in self.pipeline.outputs:
            while output.done:
                batch = output.done.popleft()
                self._held_bytes -= batch.size
                for file in batch.starts:
                    file.waiting.pop(batch.token, None)

    def _flush(self) -> None:
        for output in self.pipeline.outputs:
            output.flush()
        self._acknowledge()
        if time.monotonic() < self._save_at:
            return
        held = self.pipeline.held()
        try:
            for item in self.pipeline.inputs:
                item.save(held)
        except OffsetsError as error:
            log.exception("offsets are not written, and tried again")
            self.counters.fault(_OFFSETS, error)
            self._save_at = time.monotonic() + _OFFSETS_RETRY.wait(self._offset_failures)
            self._offset_failures += 1
        else:
            self.counters.mended(_OFFSETS)
            self._offset_failures = 0

    def _drain(self) -> None:
        """Read no more; wait until what was read is delivered, at most for Grace. The rest is read again next time."""
        started = time.monotonic()
        deadline = started + self.pipeline.service.grace_s
        log.info("stopping", extra={"held_bytes": self._held_bytes})
        while (now := time.monotonic()) < deadline:
            self._held_bytes += self.pipeline.due(now)
            self._flush()
            if not self._held_bytes and (now > started + LAST_FLUSH_S or not self.pipeline.held()):
                break
            time.sleep(POLL_S)
        for output in self.pipeline.outputs:
            output.stop()
        self._save_at = 0.0
        self._flush()
        for item in self.pipeline.inputs:
            item.close()
        log.info("stopped", extra={"held_bytes": self._held_bytes, "records_out": self.counters.records_out})
