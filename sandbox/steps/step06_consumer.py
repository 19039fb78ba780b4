"""Step 6, consumer: polls the shards and checkpoints what it has dealt with."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class Consumer(Step):
    """Records are read from Kinesis, and a checkpoint follows them."""

    number = 6
    name = "consumer"
    needs = ("aws", "consumer")
    # Leases and checkpoints; the secrets are read before anything is.
    uses = (
        Use("cali-consumer", "kinesis:*"),
        Use("cali-consumer", "dynamodb:*", "*:table/cali-consumer-leases"),
        Use("cali-consumer", "secretsmanager:*"),
    )

    def status(self, stores: Stores) -> Finding:
        """Which shards it reads and how far behind it is."""
        status = stores.consumer_status()
        kinesis = status["dependencies"].get("kinesis", {})
        if not kinesis.get("ok", False) and kinesis.get("error"):
            return Finding("failing", f"cannot read Kinesis: {kinesis['error']}")
        if not status["shards"]:
            return Finding("waiting", "holds no shard's lease yet")
        behind = max(int(shard.get("millis_behind") or 0) for shard in status["shards"].values())
        read = status["counters"].get("read", 0)
        return Finding("ok", f"{read} records read, {behind} ms behind", str(status["last"].get("poll") or ""))

    def trace(self, journey: Journey) -> Finding:
        """The checkpoint of the record's shard has passed it."""
        journey.find_in_stream()
        if not journey.document:
            return Finding("waiting", "not in the stream yet")
        table = journey.stores.dynamodb.Table(journey.stores.outputs["lease_table"])
        lease = table.get_item(Key={"shard_id": journey.shard_id}, ConsistentRead=True).get("Item", {})
        checkpoint = str(lease.get("checkpoint") or "")
        if not checkpoint.isdecimal() or int(checkpoint) < int(journey.sequence_number):
            return Finding("waiting", f"checkpoint of {journey.shard_id} has not passed the record")
        row = journey.ledger_row or {}
        return Finding("ok", f"checkpoint {checkpoint} of {journey.shard_id}", str(row.get("received_at", "")))
