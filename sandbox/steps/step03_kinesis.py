"""Step 3, Kinesis: the stream holds every record for 24 hours."""

from __future__ import annotations

from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class Kinesis(Step):
    """Records stand in the stream's shards."""

    number = 3
    name = "kinesis"
    needs = ("aws",)

    def status(self, stores: Stores) -> Finding:
        """The stream itself."""
        name = stores.outputs["stream_name"]
        summary = stores.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        if summary["StreamStatus"] != "ACTIVE":
            return Finding("failing", f"stream {name} is {summary['StreamStatus']}")
        hours = summary["RetentionPeriodHours"]
        shards = summary["OpenShardCount"]
        return Finding("ok", f"stream {name} is ACTIVE, {shards} shard{'' if shards == 1 else 's'}, kept {hours} h")

    def trace(self, journey: Journey) -> Finding:
        """The record's place in its shard."""
        journey.find_in_stream()
        if not journey.document:
            return Finding("waiting", "not in the stream yet")
        return Finding("ok", f"{journey.shard_id} {journey.sequence_number}", journey.arrived_at)
