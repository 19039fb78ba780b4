"""The loop: take what is due, write it, wait for the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from cali_log_generator.lanes import Lane
from cali_log_generator.sinks import Sink

#: Waits are cut to this, so that a wall of sleeping lanes still hears a stop on every platform.
_LONGEST_WAIT_S = 1.0


def run(lanes: Sequence[Lane], sink: Sink, stop: threading.Event) -> int:
    """Write until every lane is done or `stop` is set.

    Returns:
        How many records were written.
    """
    written = 0
    while not stop.is_set():
        now = time.monotonic()
        due = [record for lane in lanes if lane.due_at <= now for record in lane.take(now)]
        if due:
            sink.write(due)
            written += len(due)
            continue
        if all(lane.done for lane in lanes):
            break
        next_at = min(lane.due_at for lane in lanes)
        stop.wait(min(_LONGEST_WAIT_S, max(0.0, next_at - time.monotonic())))
    return written
