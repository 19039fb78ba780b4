"""Step 2, Fluent Bit: the shipper tails the container logs, parses them and hands records to Kinesis."""

from __future__ import annotations

from sandbox.iam.refusals import Use
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores


class FluentBit(Step):
    """Lines are read, parsed and acknowledged by Kinesis."""

    number = 2
    name = "fluent-bit"
    needs = ("aws", "shipper")
    uses = (Use("cali-fluent-bit", "kinesis:*"),)

    def status(self, stores: Stores) -> Finding:
        """What the shipper has had acknowledged."""
        counters = stores.shipper_counters()
        if counters.get("failing_since"):
            return Finding("failing", str((counters["last_error"] or {}).get("message")), counters["failing_since"])
        sent = int(counters["records_out"])
        if not sent:
            return Finding("waiting", "no record shipped yet")
        seen = f"{sent} records acknowledged by Kinesis"
        if counters.get("truncated"):
            seen += f", {counters['truncated']} cut short"
        return Finding("ok", seen, str((counters.get("last_shipped") or {}).get("time", "")))

    def trace(self, journey: Journey) -> Finding:
        """The record left the shipper: Kinesis holds it as the shipper built it."""
        journey.find_in_stream()
        if not journey.document:
            return Finding("waiting", "not acknowledged by Kinesis yet")
        return Finding("ok", f"parsed into {', '.join(sorted(journey.document))}", journey.arrived_at)
