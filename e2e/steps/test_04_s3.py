"""Step 4: Firehose delivers compressed, newline-delimited objects by day."""

from __future__ import annotations

import gzip
import json
import re

from e2e.pipeline import BUCKET, Pipeline
from e2e.waiting import eventually

_KEY = re.compile(r"^raw/dt=\d{4}-\d\d-\d\d/cali-logs-to-s3-\d+-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f-]{36}\.gz$")


def lines_of(pipeline: Pipeline, key: str) -> list[bytes]:
    """The records of an object. Fluent Bit and Firehose both end one by a newline: every second line is empty."""
    return [line for line in gzip.decompress(pipeline.body(key)).split(b"\n") if line]


def test_a_sent_line_arrives_in_an_object(pipeline: Pipeline) -> None:
    [sent] = pipeline.send('{"level": "INFO", "service": "cart", "message": "for the archive"}')

    def look() -> str | None:
        for key in pipeline.keys("raw/"):
            for line in lines_of(pipeline, key):
                if json.loads(line).get("time") == sent["time"]:
                    return key
        return None

    assert _KEY.match(eventually(look, "the line in an object under raw/"))


def test_objects_hold_many_records_one_a_line(pipeline: Pipeline) -> None:
    keys = pipeline.keys("raw/")
    assert all(gzip.decompress(pipeline.body(key)).endswith(b"\n") for key in keys)
    assert max(len(lines_of(pipeline, key)) for key in keys) > 1


def test_the_bucket_is_versioned_encrypted_and_private(pipeline: Pipeline) -> None:
    assert pipeline.s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = pipeline.s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms")
    assert all(pipeline.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
