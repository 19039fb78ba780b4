"""Step 4, Firehose to S3: compressed, newline-delimited objects by day."""

from __future__ import annotations

import gzip
from datetime import timedelta

from sandbox.iam.refusals import Use
from sandbox.record import RecordReference
from sandbox.steps.base import Finding, Journey, Step
from sandbox.stores import Stores, parse_json


class S3(Step):
    """Objects arrive under `raw/`."""

    number = 4
    name = "s3"
    needs = ("aws", "firehose")
    uses = (Use("cali-firehose", "kinesis:*"), Use("cali-firehose", "s3:*", "*/raw/[*]"))

    def status(self, stores: Stores) -> Finding:
        """The newest object, unless Firehose cannot deliver."""
        if fault := stores.delivery_fault("firehose_s3_name"):
            return Finding("failing", fault)
        latest = max(stores.objects("raw/"), key=lambda entry: entry["LastModified"], default=None)
        if latest is None:
            return Finding("waiting", f"no object under s3://{stores.outputs['bucket_name']}/raw/ yet")
        at = latest["LastModified"].isoformat(timespec="milliseconds")
        return Finding("ok", f"{latest['Key']} ({latest['Size']} bytes)", at)

    def trace(self, journey: Journey) -> Finding:
        """The object, and the line in it, that holds the record."""
        # An object is never older than the records in it; a second's slack is for clocks that are cut to seconds.
        since = journey.written_at - timedelta(seconds=1)
        objects = sorted(journey.stores.objects("raw/"), key=lambda entry: entry["LastModified"])
        for entry in (entry for entry in objects if entry["LastModified"] >= since):
            lines = gzip.decompress(journey.stores.body(entry["Key"])).splitlines()
            for number, line in enumerate(lines, 1):
                if RecordReference.of_store(parse_json(line)).record_id == journey.record_id:
                    at = entry["LastModified"].isoformat(timespec="milliseconds")
                    return Finding("ok", f"{entry['Key']} line {number}", at)
        return Finding("waiting", "in no object yet: Firehose buffers")
