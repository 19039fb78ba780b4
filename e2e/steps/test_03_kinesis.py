"""Step 3: the stream is the one terraform/ defines, and holds what the generator wrote."""

from __future__ import annotations

import json

from e2e.pipeline import STREAM, Pipeline
from e2e.waiting import eventually


def test_the_stream_is_as_defined(pipeline: Pipeline) -> None:
    summary = pipeline.kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    assert (summary["StreamStatus"], summary["OpenShardCount"], summary["RetentionPeriodHours"]) == ("ACTIVE", 1, 24)
    assert summary["EncryptionType"] == "KMS"


def test_the_stream_holds_every_record_the_generator_tells_of(pipeline: Pipeline) -> None:
    written = {(entry["log_file"], entry["time"]) for entry in pipeline.generated()}

    def all_there() -> bool:
        documents = [json.loads(record["Data"]) for record in pipeline.stream_records() if record["Data"][:1] == b"{"]
        return written <= {(document.get("log_file"), document.get("time")) for document in documents}

    assert eventually(all_there, f"{len(written)} generated records in the stream")
