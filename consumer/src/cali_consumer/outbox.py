"""Works off the ledger's pending rows: look up, analyse, send, complete. Ingest never waits for any of it.

What does not fit in memory stays in the ledger; the sweep finds it later, and finds what a dead process left.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime

from cali_consumer.alert import Alert, State
from cali_consumer.analysis import Analysis, Analyst, prompt
from cali_consumer.errors import LostOwnershipError
from cali_consumer.ledger import Ledger
from cali_consumer.lookup import Lookup
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed
from cali_consumer.rule import Verdict
from cali_consumer.sender import FollowUps, Sender
from cali_consumer.work import RECONCILE_AFTER_S, Work

log = logging.getLogger(__name__)

_SWEEP_S = 1.0
_WARN_PATIENCE_S = 900.0
_LONGEST_PAUSE_S = 30.0


class Outbox:
    """The alerts this process works on.

    Args:
        ledger: Their rows.
        lookup: Searches and decides.
        analyst: Explains.
        store: Keeps new errors.
        sender: Sends.
        follow_ups: Brings late analyses.
        may_take: Whether a row of this owner may be taken over.
        workers: How many alerts are worked on at once.
        backlog: How many are held in memory.
        budget_s: How long an alert waits for its analysis.
        observed: Counts.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the parts it joins
        self,
        ledger: Ledger,
        lookup: Lookup,
        analyst: Analyst,
        store: ObjectStore,
        sender: Sender,
        follow_ups: FollowUps,
        *,
        may_take: Callable[[str], bool],
        workers: int,
        backlog: int,
        budget_s: float,
        observed: Observed,
    ) -> None:
        self._ledger = ledger
        self._lookup = lookup
        self._analyst = analyst
        self._store = store
        self._sender = sender
        self._follow_ups = follow_ups
        self._may_take = may_take
        self._backlog = backlog
        self._budget_s = budget_s
        self._observed = observed
        self._preparing = ThreadPoolExecutor(workers, thread_name_prefix="alert")
        self._analysing = ThreadPoolExecutor(workers, thread_name_prefix="analysis")
        self._lock = threading.Lock()
        self._in_work: dict[str, Alert] = {}
        self._not_before: dict[str, float] = {}
        self._attempts: dict[str, int] = {}
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep_forever, name="sweep", daemon=True)
        sender.connect(self._sent, self._forget, self._put_off)
        follow_ups.connect(self.analyse, self._forget, self._put_off)

    def start(self) -> None:
        """Begin to send and to sweep."""
        self._sender.start()
        self._follow_ups.start()
        self._sweeper.start()

    def submit(self, alert: Alert) -> bool:
        """Work on an alert that this process owns; False when the sweep has to bring it later."""
        with self._lock:
            present = self._in_work.get(alert.alert_key)
            # A row that took the place of a warning's is not that warning: the ledger stops the work on the former.
            if present and present.window == alert.window:
                return False
            if self._closing.is_set() or len(self._in_work) >= self._backlog:
                return False
            self._in_work[alert.alert_key] = alert
            self._observed.backlog.set(len(self._in_work))
        self._preparing.submit(self._prepare, alert)
        return True

    def drain(self, deadline: float) -> None:
        """Finish what can be finished until `deadline` (monotonic); leave the rest to others."""
        self._closing.set()
        while self._in_work and time.monotonic() < deadline:
            time.sleep(0.02)
        busy = {*self._sender.stop(deadline + 1), *self._follow_ups.stop(deadline + 1)}
        with self._lock:
            left = [alert for key, alert in self._in_work.items() if key not in busy]
        if left:
            log.info("alerts left to other replicas", extra={"count": len(left)})
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._release, left))
        self._preparing.shutdown(wait=False, cancel_futures=True)
        self._analysing.shutdown(wait=False, cancel_futures=True)

    def analyse(self, alert: Alert) -> Future[Analysis]:
        """Ask the model about an alert."""
        messages = prompt(alert.service, alert.level.value, alert.message, alert.stack_trace, alert.incidents)
        return self._analysing.submit(self._analyst.analyse, messages)

    def _prepare(self, alert: Alert) -> None:
        try:
            if alert.state is State.SENT:
                self._follow_ups.add(Work(alert, self.analyse(alert)))
            elif alert.state is State.SENDING:
                self._resume(alert)
            else:
                self._decide(alert)
        except LostOwnershipError:
            self._forget(alert)
        except Exception as error:  # noqa: BLE001  whatever it was, the row stays pending and is tried again
            self._put_off(alert, error)

    def _resume(self, alert: Alert) -> None:
        """A send began and its outcome is unknown; give the chat time to have taken it before looking."""
        work = Work(alert, self.analyse(alert) if alert.matched and not alert.analysis else None, unresolved=True)
        work.shown_analysis = alert.analysis is not None
        started = alert.send_started_at or 0.0
        self._sender.add(work, delay_s=min(max(0.0, started + RECONCILE_AFTER_S - time.time()), RECONCILE_AFTER_S))

    def _decide(self, alert: Alert) -> None:
        verdict = self._lookup.decide(alert)
        if verdict is Verdict.LATER and _age_s(alert) < _WARN_PATIENCE_S:
            self._put_off(alert, None)
            return
        if verdict in (Verdict.NOTHING, Verdict.LATER):
            found = alert.model_dump(include={"verdict", "searched_at", "similarity", "degraded"})
            self._ledger.update(alert, done=True, **found)
            self._forget(alert)
            return
        if verdict is not Verdict.FULL:
            key = self._store.put_new_error(alert)
            self._observed.count("new_errors")
            log.info("new error saved", extra={"record_id": alert.record_id, "key": key})
            self._sender.add(Work(alert, None))
            return
        analysis = self.analyse(alert)
        try:
            analysis.exception(timeout=self._budget_s)
        except FutureTimeoutError:
            log.info("analysis is late", extra={"record_id": alert.record_id})
        self._sender.add(Work(alert, analysis))

    def _sent(self, work: Work, *, complete: bool) -> None:
        """The chat has it and the ledger says so."""
        if complete:
            self._forget(work.alert)
        else:
            self._follow_ups.add(work)

    def _forget(self, alert: Alert) -> None:
        with self._lock:
            if not self._holds(alert):
                return
            self._in_work.pop(alert.alert_key, None)
            self._not_before.pop(alert.alert_key, None)
            self._attempts.pop(alert.alert_key, None)
            self._observed.backlog.set(len(self._in_work))

    def _holds(self, alert: Alert) -> bool:
        """Whether the alert is in work itself, and not one that took its place."""
        present = self._in_work.get(alert.alert_key)
        return present is None or present.window == alert.window

    def _put_off(self, alert: Alert, error: Exception | None) -> None:
        """Leave the row pending and come back to it."""
        with self._lock:
            if not self._holds(alert):
                return
            attempt = self._attempts[alert.alert_key] = self._attempts.get(alert.alert_key, 0) + 1
            pause = min(2.0**attempt, _LONGEST_PAUSE_S) * random.uniform(0.5, 1.0)  # noqa: S311  no secret
            self._not_before[alert.alert_key] = time.monotonic() + pause
            self._in_work.pop(alert.alert_key, None)
            self._observed.backlog.set(len(self._in_work))
        log.warning(
            "alert put off",
            extra={"record_id": alert.record_id, "seconds": round(pause, 1), "error": str(error or alert.degraded)},
        )

    def _release(self, alert: Alert) -> None:
        try:
            self._ledger.release(alert)
        except Exception as error:  # noqa: BLE001  the row is found without it, only later
            log.warning("alert not released", extra={"record_id": alert.record_id, "error": str(error)})

    def _sweep_forever(self) -> None:
        while not self._closing.wait(_SWEEP_S):
            try:
                self._sweep()
                self._observed.dependency("dynamodb")
            except Exception as error:  # noqa: BLE001  the sweep must outlive any fault of the table
                self._observed.dependency("dynamodb", error)

    def _sweep(self) -> None:
        for key, owner in self._ledger.pending():
            with self._lock:
                if self._closing.is_set() or len(self._in_work) >= self._backlog:
                    return
                if key in self._in_work or self._not_before.get(key, 0) > time.monotonic():
                    continue
            if not self._may_take(owner):
                continue
            alert = self._ledger.take(key, owner)
            if alert is not None and self.submit(alert) and owner != self._ledger.owner:
                self._observed.count("taken_over")
                log.info("alert taken over", extra={"record_id": alert.record_id, "state": alert.state, "of": owner})


def _age_s(alert: Alert) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(alert.first_seen)).total_seconds()
