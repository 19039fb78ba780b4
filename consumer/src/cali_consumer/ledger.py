"""The alert ledger: throttle, outbox and memory of what was sent, for all replicas together.

A record that may alert becomes a pending row by one conditional write, and only then may its checkpoint move.
Whoever finds the row later can finish it. Two rules decide whether a record belongs to the row that is there:

* its log time is not after `covered_until`: it was dealt with, however late it is read again; or
* the row is still pending, or the wall clock has not reached `window_until`: the same error, throttled.
  `covered_until` then moves up to the record, before its checkpoint does.

A warning's row that has alerted nothing so far is no alert that an error could repeat: an error takes its place.
`errors_until`, the log time up to which errors were dealt with, outlives every row of its key, so that an error read
again does not take the place of a later warning.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cali_consumer.alert import Alert, State, as_values
from cali_consumer.dynamo import Table, condition_failed, from_item, refused_item, to_item
from cali_consumer.errors import LostOwnershipError
from cali_consumer.record import Level

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_INDEX = "pending-index"
_REMEMBERED_IDS = 50
_FREE = (
    "attribute_not_exists( #alert_key ) OR "
    "( attribute_not_exists( #pending ) AND #covered_until < :log_ns AND #window_until <= :now )"
)
_UNALERTED = (
    "#window = :seen AND #covered_until = :covered AND attribute_not_exists( #alerted_at ) AND "
    "( #state = :pending OR #state = :complete ) AND "
    "( attribute_not_exists( #errors_until ) OR #errors_until < :log_ns )"
)
_MINE = "#owner = :owner AND #window = :window AND attribute_exists( #pending )"


class Ledger:
    """The ledger's table.

    Args:
        client: DynamoDB.
        table: The table.
        owner: What this process is called in the rows it works on; never used by another process.
        window_s: For how long the same error raises no second alert.
        ttl_s: For how long a finished row is remembered; longer than the stream keeps records.
    """

    def __init__(self, client: DynamoDBClient, table: str, owner: str, window_s: float, ttl_s: float) -> None:
        self._table = Table(client, table, "alert_key")
        self.owner = owner
        self._window_s = window_s
        self._ttl_s = ttl_s

    def claim(self, alert: Alert, errors: int = 0) -> dict[str, Any] | None:
        """Open the alert's row; None when it is open now, else the row the record belongs to.

        Args:
            alert: What to open.
            errors: Log time of the latest error or fatal record that the row answers for, if not the alert's own.
        """
        errors = max(errors, alert.log_ns) if alert.level.severe else 0
        row = self._open(alert, errors, _FREE, as_values({"log_ns": alert.log_ns, "now": time.time()}))
        if row is None or not alert.level.severe or not yields(row) or alert.log_ns <= errors_until(row):
            return row
        covered = int(row["covered_until"])
        ids = [row["record_id"], *row.get("suppressed_record_ids", ())]
        former = [record_id for record_id in ids if record_id not in {alert.record_id, *alert.suppressed_record_ids}]
        merged = {
            "covered_until": max(covered, alert.covered_until),
            "suppressed": alert.suppressed + len(former),
            "suppressed_record_ids": [*former, *alert.suppressed_record_ids][-_REMEMBERED_IDS:],
        }
        given = {
            "seen": row["window"],
            "covered": covered,
            "pending": State.PENDING.value,
            "complete": State.COMPLETE.value,
            "log_ns": alert.log_ns,
        }
        refused = self._open(alert.model_copy(update=merged), errors, _UNALERTED, given)
        if refused is None:
            for name, value in merged.items():
                setattr(alert, name, value)
        return refused

    def _open(self, alert: Alert, errors: int, condition: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """Write the row anew where `condition` holds; else the row that is there."""
        values = {name: value for name, value in alert.as_item().items() if name != "alert_key"}
        # Not a put: `errors_until` of the row before has to stay.
        values |= {"pending": "1", "expires_at": None} | ({"errors_until": errors} if errors else {})
        try:
            self._table.update(alert.alert_key, values=values, condition=condition, given=given)
        except ClientError as error:
            if not condition_failed(error):
                raise
            row = refused_item(error) or self._table.get(alert.alert_key) or {}
            # Our own write whose answer was lost, repeated by the SDK.
            ours = row.get("owner") == self.owner and row.get("window") == alert.window and "pending" in row
            return None if ours else row
        return None

    def suppress(
        self, row: dict[str, Any], alert_key: str, *, covered: int, record_ids: list[str], errors: int = 0
    ) -> int:
        """Count records into the row they belong to, let it cover them from now on; how many were new to it.

        `errors` is the log time of the latest error or fatal record among them, 0 without any.
        """
        known = [str(record_id) for record_id in row.get("suppressed_record_ids", ())]
        fresh = [record_id for record_id in record_ids if record_id not in known and record_id != row.get("record_id")]
        values = {"suppressed_record_ids": (known + fresh)[-_REMEMBERED_IDS:]} if fresh else {}
        counted = {"suppressed": len(fresh)} if fresh else {}
        if errors > errors_until(row):
            self._cover_errors(alert_key, errors)
        if covered > int(row.get("covered_until", 0)):
            try:
                self._table.update(
                    alert_key,
                    values={**values, "covered_until": covered, **self._expiry(row)},
                    add=counted,
                    condition="#covered_until < :covered",
                    given={"covered": covered},
                )
            except ClientError as error:
                if not condition_failed(error):
                    raise
            else:
                return len(fresh)
        if fresh:
            self._table.update(alert_key, values=values, add=counted, condition="attribute_exists( #alert_key )")
        return len(fresh)

    def update(self, alert: Alert, *, done: bool = False, **fields: Any) -> None:
        """Write fields of an alert this process owns, in the row and in the object; raises LostOwnershipError."""
        values = as_values(alert.model_copy(update=fields).model_dump(mode="json", include=set(fields)))
        if done:
            values |= {"state": State.COMPLETE.value, "pending": None, "expires_at": int(time.time() + self._ttl_s)}
            if not alert.alerted_at and "alerted_at" not in fields:
                values |= as_values({"window_until": round(time.time() + self._window_s, 3)})
        try:
            self._table.update(
                alert.alert_key,
                values=values,
                condition=_MINE,
                given={"owner": self.owner, "window": alert.window},
            )
        except ClientError as error:
            if condition_failed(error):
                raise LostOwnershipError(f"alert {alert.alert_key} belongs to another process") from error
            raise
        for name, value in fields.items():
            setattr(alert, name, value)
        if done:
            alert.state = State.COMPLETE

    def sent(self, alert: Alert, *, channel: str, ts: str, alerted_at: str, done: bool, **fields: Any) -> None:
        """Write down that the chat has the alert; the window of its error begins."""
        self.update(
            alert,
            done=done,
            state=State.COMPLETE if done else State.SENT,
            slack_channel=channel,
            slack_ts=ts,
            alerted_at=alerted_at,
            window_until=round(time.time() + self._window_s, 3),
            **fields,
        )

    def take(self, alert_key: str, owner: str) -> Alert | None:
        """Make a pending row of `owner` ours; None when it is finished or somebody else was faster."""
        try:
            item = self._table.update(
                alert_key,
                values={"owner": self.owner},
                condition="#owner = :owner AND attribute_exists( #pending )",
                given={"owner": owner},
            )
        except ClientError as error:
            if condition_failed(error):
                return None
            raise
        return Alert.model_validate(item)

    def release(self, alert: Alert) -> None:
        """Leave a row to whoever comes first."""
        try:
            self.update(alert, owner="")
        except LostOwnershipError:
            return

    def pending(self) -> Iterator[tuple[str, str]]:
        """Key and owner of every row with something owed, oldest pages first."""
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            IndexName=_INDEX,
            KeyConditionExpression="#pending = :one",
            ExpressionAttributeNames={"#pending": "pending", "#key": "alert_key"},
            ExpressionAttributeValues=to_item({":one": "1"}),
            ProjectionExpression="#key",
            PaginationConfig={"PageSize": 100},
        )
        for page in pages:
            keys = [{"alert_key": item["alert_key"]} for item in page["Items"]]
            if keys:
                # The index may hold keys alone, and lags behind the table.
                found = self._table.client.batch_get_item(
                    RequestItems={
                        self._table.name: {
                            "Keys": keys,
                            "ConsistentRead": True,
                            "ProjectionExpression": "#key, #pending, #owner",
                            "ExpressionAttributeNames": {"#key": "alert_key", "#pending": "pending", "#owner": "owner"},
                        }
                    }
                )
                rows = [from_item(item) for item in found["Responses"].get(self._table.name, [])]
                yield from ((row["alert_key"], row.get("owner", "")) for row in rows if "pending" in row)

    def _cover_errors(self, alert_key: str, errors: int) -> None:
        """Remember, for every later row of the key, that errors up to this log time were dealt with."""
        try:
            self._table.update(
                alert_key,
                values={"errors_until": errors},
                condition="attribute_exists( #alert_key ) AND "
                "( attribute_not_exists( #errors_until ) OR #errors_until < :errors )",
                given={"errors": errors},
            )
        except ClientError as error:
            if not condition_failed(error):
                raise

    def _expiry(self, row: dict[str, Any]) -> dict[str, Any]:
        return {} if "pending" in row else {"expires_at": int(time.time() + self._ttl_s)}


def yields(row: dict[str, Any]) -> bool:
    """Whether the row is a warning's that has alerted nothing and is not about to: an error takes its place."""
    unsent = row.get("state") in (State.PENDING.value, State.COMPLETE.value) and not row.get("alerted_at")
    return unsent and row.get("level") == Level.WARN.value


def errors_until(row: dict[str, Any]) -> int:
    """Log time in nanoseconds up to which errors of the row's key were dealt with; 0 without any."""
    return int(row.get("errors_until", 0))
