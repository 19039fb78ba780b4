"""What the consumer knows of itself: counters for Prometheus, the last of everything for /status."""

from __future__ import annotations

import threading
import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from cali_consumer.clock import now_iso

#: Everything that is counted, so that /status shows a zero where nothing has happened yet.
COUNTED = {
    "read": "records read from the stream",
    "valid": "records that passed validation",
    "rejected": "records set aside under rejected/",
    "throttled": "records suppressed because the same error alerted within the window",
    "reread": "records read again after they had been dealt with",
    "searched": "searches among past incidents",
    "search_failed": "searches that a dependency made impossible",
    "matched": "errors with a past incident at or above the threshold",
    "unmatched": "errors without one",
    "analysed": "analyses the model gave",
    "analysis_late": "alerts that went out before their analysis",
    "analysis_failed": "analyses the model did not give in time at all",
    "alerted": "alerts the chat took",
    "alert_basic": "of these, alerts without a past incident",
    "alert_degraded": "of these, alerts sent without a search",
    "alert_completed": "alerts completed by a late analysis",
    "alert_reconciled": "sends of unknown outcome found in the channel",
    "alert_repeated": "sends of unknown outcome repeated, marked as such",
    "chat_throttled": "pauses the chat asked for",
    "new_errors": "objects put under new_errors/",
    "checkpoints": "checkpoints moved",
    "poll_failed": "reads of the stream that failed",
    "taken_over": "pending alerts taken over from another process",
}


_FAULT_LASTS_S = 60.0


class Observed:
    """Counters, last events and the health of dependencies, safe for threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters = {
            name: Counter(f"cali_consumer_{name}", text, registry=self.registry) for name, text in COUNTED.items()
        }
        self._values = dict.fromkeys(COUNTED, 0)
        self.behind = Gauge(
            "cali_consumer_millis_behind", "how far behind a shard's end", ["shard"], registry=self.registry
        )
        self.backlog = Gauge("cali_consumer_alert_backlog", "alerts in work", registry=self.registry)
        self.alert_seconds = Histogram(
            "cali_consumer_alert_seconds",
            "from the line's own time to the chat's answer",
            buckets=(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 8, 12, 30, 120, 600),
            registry=self.registry,
        )
        self._lock = threading.Lock()
        self._last: dict[str, Any] = {"poll": None, "valid": None, "search": None, "analysis": None, "alert": None}
        self._shards: dict[str, dict[str, Any]] = {}
        self._faults: dict[str, dict[str, tuple[str, float]]] = {}
        self._since: dict[str, str] = {}
        self._polled_at = time.monotonic()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter."""
        if amount:
            self._counters[name].inc(amount)
            with self._lock:
                self._values[name] += amount

    def last(self, what: str, **details: Any) -> None:
        """Remember the last event of a kind."""
        with self._lock:
            self._last[what] = {"at": now_iso(), **details} if details else now_iso()

    def polled(self, shard_id: str, millis_behind: int) -> None:
        """A shard was read."""
        self.behind.labels(shard_id).set(millis_behind)
        with self._lock:
            self._polled_at = time.monotonic()
            self._last["poll"] = now_iso()
            shard = self._shards.setdefault(shard_id, {"checkpoint": None})
            shard.update(millis_behind=millis_behind, last_poll_at=self._last["poll"])

    def checkpointed(self, shard_id: str, checkpoint: str | None) -> None:
        """A shard's checkpoint is this now."""
        with self._lock:
            self._shards.setdefault(shard_id, {"millis_behind": None, "last_poll_at": None})["checkpoint"] = checkpoint

    def shard_left(self, shard_id: str) -> None:
        """A shard is not ours any more."""
        with self._lock:
            self._shards.pop(shard_id, None)

    def dependency(self, name: str, error: object = None, *, by: str = "use") -> None:
        """A dependency worked, or did not; a success takes back only what was said `by` the same user of it."""
        with self._lock:
            before = self._state_of(name)
            faults = self._faults.setdefault(name, {})
            if error is None:
                faults.pop(by, None)
            else:
                faults[by] = (_one_line(error), time.monotonic())
            after = self._state_of(name)
            if name not in self._since or before["ok"] != after["ok"]:
                self._since[name] = now_iso()

    def dependency_fault(self, name: str) -> str | None:
        """Why a dependency does not work; None when it does or has not been tried."""
        with self._lock:
            error: str | None = self._state_of(name)["error"]
            return error

    def _state_of(self, name: str) -> dict[str, Any]:
        """A fault that nobody repeats is over after a while: what explains errors is used as rarely as they are."""
        old = time.monotonic() - _FAULT_LASTS_S
        fresh = [text for text, at in self._faults.get(name, {}).values() if at > old]
        return {"ok": not fresh, "error": fresh[0] if fresh else None, "since": self._since.get(name)}

    def snapshot(self) -> dict[str, Any]:
        """All of it, for /status."""
        with self._lock:
            return {
                "shards": {shard: dict(state) for shard, state in self._shards.items()},
                "counters": dict(self._values),
                "last": dict(self._last),
                "dependencies": {name: self._state_of(name) for name in self._since},
            }


def _one_line(error: object) -> str:
    text = str(error) or type(error).__name__
    return " ".join(text.split())[:300]
