"""Step 10, Slack: the alert."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class Slack(Step):
    """Alerts are received by the channel."""

    number = 10
    name = "slack"
    needs = ("aws", "consumer", "slack")
    # The alerts that are owed.
    uses = (
        Use("cali-consumer", "dynamodb:Query", "*:table/cali-alert-ledger/*"),
        Use("cali-consumer", "dynamodb:BatchGetItem"),
    )

    def status(self, stores: Stores) -> Finding:
        """The alert received last."""
        messages = stores.slack_messages()
        if not messages:
            return Finding("waiting", "no alert yet")
        last = messages[-1]
        return Finding("ok", f"{len(messages)} alerts; last: {str(last.get('text', ''))[:60]}", last["received_at"])

    def trace(self, journey: Journey) -> Finding:
        """The alert of the record."""
        for message in journey.stores.slack_messages():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("record_id") == journey.record_id:
                return Finding(
                    "ok", f"{message['channel']} {message['ts']}: {message['text'][:60]}", message["received_at"]
                )
        if skipped := journey.skipped_before_search():
            return skipped
        row = journey.ledger_row or {}
        if row and not row.get("pending") and str(journey.document.get("level", "")).upper() in ("WARN", "WARNING"):
            return Finding("skipped", "a warning that no past incident matches raises no alert")
        return Finding("waiting", "not alerted yet")
