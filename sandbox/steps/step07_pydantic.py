"""Step 7, Pydantic: a record is validated, or set aside with its reason."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.steps.base import Finding, Journey, Step
from sandbox.steps.step06_consumer import Consumer
from sandbox.stores import Stores, parse_json


class Pydantic(Step):
    """Every record that was read is valid or under `rejected/`."""

    number = 7
    name = "pydantic"
    needs = ("aws", "consumer")
    # A valid record that may alert becomes a row, an invalid one an object; HeadBucket asks whether it could.
    uses = (
        Use("cali-consumer", "dynamodb:GetItem", "*:table/cali-alert-ledger"),
        Use("cali-consumer", "dynamodb:UpdateItem", "*:table/cali-alert-ledger"),
        Use("cali-consumer", "s3:ListBucket"),
        Use("cali-consumer", "s3:*", "*/rejected/[*]"),
    )

    def status(self, stores: Stores) -> Finding:
        """How many passed and how many were set aside."""
        status = stores.consumer_status()
        valid, rejected = (int(status["counters"].get(name, 0)) for name in ("valid", "rejected"))
        if not valid + rejected:
            return Finding("waiting", "no record validated yet")
        at = (status["last"].get("valid") or {}).get("at", "")
        return Finding("ok", f"{valid} valid, {rejected} rejected", str(at))

    def trace(self, journey: Journey) -> Finding:
        """The record is not among the rejected ones, though the consumer is past it."""
        reading = Consumer().trace(journey)
        if reading.state != "ok":
            return Finding("waiting", reading.evidence)
        for entry in journey.stores.objects("rejected/"):
            if entry["LastModified"] >= journey.written_at.replace(microsecond=0):
                rejection = parse_json(journey.stores.body(entry["Key"]))
                if rejection.get("sequence_number") == journey.sequence_number:
                    return Finding("failing", f"{rejection.get('reason')}: {entry['Key']}")
        row = journey.ledger_row or {}
        level, service = journey.document.get("level"), journey.document.get("service")
        return Finding("ok", f"valid: {level} of {service}", str(row.get("validated_at", "")))
