"""Step 6: the consumer's checkpoint in DynamoDB follows what it has dealt with."""

from __future__ import annotations

import json

from e2e.pipeline import LEASES, Pipeline
from e2e.waiting import eventually


def test_the_checkpoint_passes_a_sent_record(pipeline: Pipeline) -> None:
    [sent] = pipeline.send('{"level": "INFO", "service": "cart", "message": "to be read"}')

    def place() -> tuple[str, int] | None:
        for shard in ("shardId-000000000000",):
            for record in pipeline.stream_records():
                if record["Data"][:1] == b"{" and json.loads(record["Data"]).get("time") == sent["time"]:
                    return shard, int(record["SequenceNumber"])
        return None

    shard, sequence_number = eventually(place, "the record in the stream")

    def passed() -> bool:
        item = pipeline.dynamodb.get_item(TableName=LEASES, Key={"shard_id": {"S": shard}})["Item"]
        return int(item["checkpoint"]["S"]) >= sequence_number

    assert eventually(passed, "the checkpoint behind the record")
