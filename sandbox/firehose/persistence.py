"""Trying again whatever happens: a thread that ended on what nobody foresaw would deliver nothing ever after."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from sandbox.firehose.backoff import Backoff
from sandbox.firehose.metrics import Metrics
from sandbox.firehose.s3_delivery import InterruptedDeliveryError

log = logging.getLogger(__name__)
T = TypeVar("T")


def persist(attempt: Callable[[], T], where: str, metrics: Metrics, stop: threading.Event) -> T | None:
    """Return what `attempt` returns, as often as it must be made; None when stopped before.

    Args:
        attempt: May be made again after any failure.
        where: Under this name the failure is a current error until an attempt succeeds.
        metrics: Where the error is noted.
        stop: Ends the waiting between attempts.
    """
    backoff = Backoff()
    while True:
        try:
            result = attempt()
        except InterruptedDeliveryError:
            return None
        except Exception as error:  # whatever it is: the thread must outlive it
            log.exception("failed unexpectedly, and is tried again", extra={"where": where})
            metrics.error(where, f"{type(error).__name__}: {error}")
            if not backoff.sleep(stop):
                return None
        else:
            metrics.recovered(where)
            return result
