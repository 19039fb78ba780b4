"""Step 10: sends alerts at the chat's pace, each once, and completes those whose analysis was late."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from cali_consumer.alert import Alert, State
from cali_consumer.alerts import Message, render
from cali_consumer.analysis import Analysis
from cali_consumer.clock import now_iso
from cali_consumer.errors import (
    ChatError,
    ChatRefusedError,
    ChatThrottledError,
    LostOwnershipError,
    UnresolvedSendError,
)
from cali_consumer.ledger import Ledger
from cali_consumer.observed import Observed
from cali_consumer.pacing import Pacer
from cali_consumer.slack import Chat, Receipt
from cali_consumer.waiting import Waiting
from cali_consumer.work import RECONCILE_AFTER_S, Work

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 30.0
_FOUND = {"verdict", "degraded", "similarity", "incident_id", "incidents", "searched_at"}
_EXPLAINED = {"analysis", "analysed_at", "analysis_source"}


class Sent(Protocol):
    """Told of an alert that the chat has."""

    def __call__(self, work: Work, *, complete: bool) -> None:
        """`complete` when nothing is owed any more."""


class _Loop:
    """A thread that takes work in order, at a pace.

    Args:
        name: Of the thread.
        pacer: The pace.
        observed: Told how the chat does.
    """

    def __init__(self, name: str, pacer: Pacer, observed: Observed) -> None:
        self._queue: Waiting[Work] = Waiting()
        self._pacer = pacer
        self._observed = observed
        self._stop = threading.Event()
        self._current: Work | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._forget: Callable[[Alert], None] = lambda _: None
        self._put_off: Callable[[Alert, Exception | None], None] = lambda *_: None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def add(self, work: Work, *, delay_s: float = 0.0) -> None:
        """Take over a piece of work; the oldest error goes first."""
        self._queue.put(work, order=work.alert.log_ns, delay_s=delay_s)

    def stop(self, deadline: float) -> list[str]:
        """Stop after the present message; the key of the alert that is still being sent at `deadline`."""
        self._stop.set()
        self._queue.close()
        if self._thread.is_alive():
            self._thread.join(max(0.0, deadline - time.monotonic()))
        current = self._current
        return [current.alert.alert_key] if current and self._thread.is_alive() else []

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._queue.wait_due(0.5) or not self._pacer.acquire(self._stop):
                continue
            work = self._current = self._queue.pop_due()
            if work is not None:
                self._attempt(work)
            self._current = None

    def _attempt(self, work: Work) -> None:
        try:
            self._do(work)
        except LostOwnershipError:
            log.info("another process has the alert", extra={"record_id": work.alert.record_id})
            self._forget(work.alert)
        except ChatThrottledError as error:
            self._observed.count("chat_throttled")
            self._pacer.close_for(error.retry_after_s)
            self.add(work)
        except ChatRefusedError as error:
            self._observed.dependency("slack", error)
            self._again(work, error, pause_all=work.plain)
            work.plain = True
        except (ChatError, UnresolvedSendError) as error:
            self._observed.dependency("slack", error)
            work.unresolved = work.unresolved or isinstance(error, UnresolvedSendError)
            self._again(work, error, pause_all=True)
        except Exception as error:  # noqa: BLE001  the thread must outlive every fault; the work is kept
            self._again(work, error, pause_all=False)
        else:
            work.attempts = 0

    def _again(self, work: Work, error: Exception, *, pause_all: bool) -> None:
        work.attempts += 1
        pause = min(2.0 ** min(work.attempts - 1, 6), _LONGEST_PAUSE_S) * random.uniform(0.5, 1.0)  # noqa: S311  no secret
        if pause_all:  # the chat is down for all alerts, not for this one
            self._pacer.close_for(pause)
        log.warning(
            "chat failed", extra={"record_id": work.alert.record_id, "error": str(error), "seconds": round(pause, 1)}
        )
        self.add(work, delay_s=max(pause, RECONCILE_AFTER_S) if work.unresolved and not work.receipt else pause)

    def _do(self, work: Work) -> None:
        raise NotImplementedError


class Sender(_Loop):
    """Sends alerts.

    Args:
        ledger: Where every step is written down.
        chat: Where to.
        pacer: How fast.
        link: Where a record can be looked at.
        observed: Counts.
    """

    def __init__(self, ledger: Ledger, chat: Chat, pacer: Pacer, link: str, observed: Observed) -> None:
        super().__init__("send", pacer, observed)
        self._ledger = ledger
        self._chat = chat
        self._link = link
        self._sent: Sent = lambda work, *, complete: None

    def connect(
        self, sent: Sent, forget: Callable[[Alert], None], put_off: Callable[[Alert, Exception | None], None]
    ) -> None:
        """Say who is told."""
        self._sent, self._forget, self._put_off = sent, forget, put_off

    def _do(self, work: Work) -> None:
        alert = work.alert
        mark = ""
        if work.receipt is None and work.unresolved:
            if self._chat.findable:
                work.receipt = self._chat.find(alert)
                work.unresolved = False
                if work.receipt:
                    self._observed.count("alert_reconciled")
                    self._tell(work, work.receipt)
            else:
                mark = "may repeat"
        receipt = work.receipt or self._post(work, mark)
        complete = not alert.matched or work.shown_analysis
        explained = {name: getattr(alert, name) for name in _EXPLAINED} if work.shown_analysis else {}
        self._ledger.sent(
            alert,
            channel=receipt.channel,
            ts=receipt.ts,
            alerted_at=alert.alerted_at or _moment(receipt),
            done=complete,
            **explained,
        )
        self._observed.count("analysis_late", 0 if complete else 1)
        self._sent(work, complete=complete)

    def _post(self, work: Work, mark: str) -> Receipt:
        alert = work.alert
        shows = work.take_answer()
        if alert.state is State.PENDING:
            # From here on a crash leaves a send of unknown outcome, which the next owner resolves.
            self._ledger.update(
                alert,
                state=State.SENDING,
                send_started_at=round(time.time(), 3),
                **{name: getattr(alert, name) for name in _FOUND | _EXPLAINED},
            )
        else:
            self._ledger.update(alert, owner=self._ledger.owner)  # still ours?
        message = _plain(render(alert, mark=mark, link=self._link), plain=work.plain)
        work.shown_analysis = shows
        work.receipt = self._chat.post(message)
        work.unresolved = False
        alert.alerted_at = now_iso()
        self._observed.count("alert_repeated", 1 if mark else 0)
        self._tell(work, work.receipt)
        return work.receipt

    def _tell(self, work: Work, receipt: Receipt) -> None:
        alert, observed = work.alert, self._observed
        observed.dependency("slack")
        observed.count("alerted")
        observed.count("alert_basic", 0 if alert.matched else 1)
        observed.count("alert_degraded", 1 if alert.degraded else 0)
        if work.shown_analysis:
            observed.count("analysed")
            observed.last("analysis", record_id=alert.record_id, source=alert.analysis_source)
        seconds = time.time() - alert.log_ns / 1e9
        observed.alert_seconds.observe(seconds)
        observed.last("alert", record_id=alert.record_id, channel=receipt.channel, ts=receipt.ts)
        log.info(
            "alerted",
            extra={
                "record_id": alert.record_id,
                "alert_key": alert.alert_key,
                "seconds": round(seconds, 3),
                "similarity": alert.similarity,
                "analysis_source": alert.analysis_source,
            },
        )


class FollowUps(_Loop):
    """Completes alerts whose analysis was late.

    Args:
        ledger: Where it is written down.
        chat: Where to.
        pacer: How fast.
        link: Where a record can be looked at.
        observed: Counts.
    """

    def __init__(self, ledger: Ledger, chat: Chat, pacer: Pacer, link: str, observed: Observed) -> None:
        super().__init__("follow-up", pacer, observed)
        self._ledger = ledger
        self._chat = chat
        self._link = link
        self._analyse: Callable[[Alert], Future[Analysis]] | None = None

    def connect(
        self,
        analyse: Callable[[Alert], Future[Analysis]],
        forget: Callable[[Alert], None],
        put_off: Callable[[Alert, Exception | None], None],
    ) -> None:
        """Say who analyses and who is told."""
        self._analyse, self._forget, self._put_off = analyse, forget, put_off

    def add(self, work: Work, *, delay_s: float = 0.0) -> None:
        """Take over an alert; it is due when its answer is there."""
        if work.answer is None or work.answer.done():
            super().add(work, delay_s=delay_s)
        else:
            work.answer.add_done_callback(lambda _: super(FollowUps, self).add(work, delay_s=delay_s))

    def _do(self, work: Work) -> None:
        alert = work.alert
        found = work.take_answer()
        if not found and time.time() < alert.window_until:
            # The model failed for the whole of its timeout; the row stays pending and is tried again.
            self._put_off(alert, work.answer.exception() if work.answer and not work.answer.cancelled() else None)  # type: ignore[arg-type]  # never a BaseException
            return
        message = render(alert, mark="" if self._chat.findable else "analysis", link=self._link, final=True)
        self._chat.complete(alert, _plain(message, plain=work.plain))
        self._observed.dependency("slack")
        self._ledger.update(alert, done=True, **{name: getattr(alert, name) for name in _EXPLAINED})
        self._observed.count("analysed" if found else "analysis_failed")
        if found:
            self._observed.count("alert_completed")
            self._observed.last("analysis", record_id=alert.record_id, source=alert.analysis_source)
        log.info("alert completed", extra={"record_id": alert.record_id, "analysis_source": alert.analysis_source})
        self._forget(alert)


def _moment(receipt: Receipt) -> str:
    """When a message that was found in the channel got there: its ts is Slack's time."""
    try:
        return datetime.fromtimestamp(float(receipt.ts), UTC).isoformat(timespec="microseconds")
    except ValueError:
        return now_iso()


def _plain(message: Message, *, plain: bool) -> Message:
    """Without its blocks, when the chat refused them."""
    return replace(message, blocks=[]) if plain else message
