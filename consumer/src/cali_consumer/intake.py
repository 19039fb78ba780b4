"""Steps 6 and 7 joined: a batch of the stream becomes durable effects, record by record."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from cali_consumer.alert import Alert, alert_of
from cali_consumer.checkpoint import BatchProgress
from cali_consumer.clock import now_iso
from cali_consumer.errors import InterruptedBatchError, RejectedRecordError
from cali_consumer.ledger import Ledger, errors_until, yields
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed
from cali_consumer.record import LogRecord, read_record

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import RecordTypeDef

_LONGEST_PAUSE_S = 3.0
# What DynamoDB says of an item it will never take; trying again would block the shard.
_NEVER = frozenset({"ValidationException", "SerializationException", "ItemCollectionSizeLimitExceededException"})


@dataclass(frozen=True)
class _Arrival:
    """An alertable record and its place in the batch."""

    index: int
    record: RecordTypeDef
    alert: Alert


@dataclass(frozen=True)
class _Batch:
    """What the effects of one batch share."""

    shard_id: str
    progress: BatchProgress
    give_up: Callable[[], bool]


class Intake:
    """Turns records into effects and waits until they are durable.

    Args:
        ledger: Where alerts are claimed.
        store: Where unreadable records are kept.
        submit: Told of every alert that this process has claimed.
        workers: How many effects are written at once.
        observed: Counts.
    """

    def __init__(
        self, ledger: Ledger, store: ObjectStore, submit: Callable[[Alert], object], workers: int, observed: Observed
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._submit = submit
        self._observed = observed
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="effect")

    def process(self, shard_id: str, records: Sequence[RecordTypeDef], give_up: Callable[[], bool]) -> BatchProgress:
        """Deal with a batch; returns when all is durable, or `give_up` says so: then some of it is not."""
        progress = BatchProgress([record["SequenceNumber"] for record in records])
        batch = _Batch(shard_id, progress, give_up)
        received_at = now_iso()
        effects: list[Future[None]] = []
        errors: dict[str, list[_Arrival]] = {}
        latest: LogRecord | None = None
        for index, record in enumerate(records):
            try:
                latest = read_record(record["Data"])
            except RejectedRecordError as reason:
                progress.owe(index)
                effects.append(self._pool.submit(self._reject, batch, index, record, reason))
                continue
            if latest.level.alertable:
                progress.owe(index)
                alert = alert_of(
                    latest,
                    arrived_ns=int(record["ApproximateArrivalTimestamp"].timestamp() * 1e9),
                    received_at=received_at,
                    validated_at=now_iso(),
                    owner=self._ledger.owner,
                )
                errors.setdefault(alert.alert_key, []).append(_Arrival(index, record, alert))
        rejected = len(effects)
        effects += [self._pool.submit(self._admit, batch, group) for group in errors.values()]
        self._observed.count("read", len(records))
        self._observed.count("valid", len(records) - rejected)
        self._observed.count("rejected", rejected)
        if latest:
            self._observed.last("valid", record_id=latest.record_id)
        wait(effects)
        for effect in effects:
            error = effect.exception()
            if error and not isinstance(error, InterruptedBatchError):
                raise error
        return progress

    def close(self) -> None:
        """Take nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _reject(self, batch: _Batch, index: int, record: RecordTypeDef, reason: RejectedRecordError) -> None:
        self._persist(
            "s3",
            batch,
            lambda: self._store.put_rejected(
                record["Data"],
                reason,
                shard_id=batch.shard_id,
                sequence_number=record["SequenceNumber"],
                arrived_at=record["ApproximateArrivalTimestamp"],
            ),
        )
        batch.progress.durable(index)

    def _admit(self, batch: _Batch, group: list[_Arrival]) -> None:
        try:
            self._persist("dynamodb", batch, lambda: self._claim([arrival.alert for arrival in group]))
        except ClientError as error:  # the table will never take it
            for arrival in group:
                self._reject(batch, arrival.index, arrival.record, RejectedRecordError("not_storable", str(error)))
            return
        for arrival in group:
            batch.progress.durable(arrival.index)

    def _claim(self, alerts: list[Alert]) -> None:
        """Open one row for records of the same error, or count them into the row that is there."""
        left = sorted(alerts, key=lambda alert: alert.log_ns)
        while left:
            # A warning must not open the row for an error that came with it.
            head = next((alert for alert in left if alert.level.severe), left[0])
            others = [alert for alert in left if alert.record_id != head.record_id]
            opening = head.model_copy(
                update={
                    "covered_until": left[-1].log_ns,
                    "suppressed": len(others),
                    "suppressed_record_ids": [alert.record_id for alert in others][-50:],
                }
            )
            row = self._ledger.claim(opening, _latest_error(left))
            if row is None:
                self._observed.dependency("dynamodb")
                self._observed.count("throttled", len(others))
                self._submit(opening)
                return
            covered = int(row.get("covered_until", 0))
            throttled = "pending" in row or float(row.get("window_until", 0)) > time.time()
            belonging = [
                alert
                for alert in left
                if (
                    alert.log_ns <= errors_until(row)
                    if alert.level.severe and yields(row)
                    else throttled or alert.log_ns <= covered
                )
            ]
            dealt_with = {id(alert) for alert in belonging}
            left = [alert for alert in left if id(alert) not in dealt_with]
            if belonging:
                fresh = self._ledger.suppress(
                    row,
                    head.alert_key,
                    covered=belonging[-1].log_ns,
                    record_ids=[alert.record_id for alert in belonging],
                    errors=_latest_error(belonging),
                )
                self._observed.count("throttled", fresh)
                self._observed.count("reread", len(belonging) - fresh)

    def _persist(self, store: str, batch: _Batch, write: Callable[[], object]) -> None:
        """Write until it is durable: a store that is down holds the checkpoint, not the process."""

        def interrupted(state: RetryCallState) -> object:
            raise InterruptedBatchError("left undone") from (state.outcome.exception() if state.outcome else None)

        def passing(error: BaseException) -> bool:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in _NEVER:
                return False
            self._observed.dependency(store, error)
            return True

        Retrying(
            retry=retry_if_exception(passing),
            stop=lambda _: batch.give_up(),
            wait=wait_random_exponential(multiplier=0.1, max=_LONGEST_PAUSE_S),
            retry_error_callback=interrupted,
        )(write)


def _latest_error(alerts: list[Alert]) -> int:
    """Log time of the latest error or fatal record, 0 without any."""
    return max((alert.log_ns for alert in alerts if alert.level.severe), default=0)
