"""Kill -9 at the two worst moments, of every process of ours: the effect is done and the memory of it is not.

A proxy between the process and the store holds the one request, so that the moment is certain and no product code knows
of it. Slack is as slow as it is by default.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from e2e.faults.evidence import Evidence, counted, record_id
from e2e.faults.processes import by_hand
from e2e.lines import Container
from e2e.past_incidents import some_incident
from e2e.pipeline import LEASES, LEDGER, STREAM, Pipeline
from e2e.proxy import Call, Hold, Moment, Proxy
from e2e.waiting import eventually

Report = Callable[[str], None]


def _words() -> str:
    """Letters that no other run has: numbers are masked before two errors are compared."""
    return secrets.token_hex(8).translate(str.maketrans("0123456789", "ghijklmnop"))


def _error(pipeline: Pipeline) -> str:
    message = f"{some_incident(pipeline, 14)['error_message']} {_words()}"
    return json.dumps({"level": "ERROR", "service": "worst", "message": message})


def _table(call: Call, table: str) -> dict[str, Any]:
    """The update of an item of a table; empty for any other request."""
    if call.operation != "UpdateItem":
        return {}
    request = json.loads(call.body)
    return dict(request) if request["TableName"] == table else {}


def _moves_checkpoint(call: Call) -> bool:
    return "#checkpoint" in _table(call, LEASES).get("UpdateExpression", "")


def _says_sent(call: Call) -> bool:
    return "#slack_ts" in _table(call, LEDGER).get("UpdateExpression", "")


def _posts(call: Call) -> bool:
    return call.path.endswith("/chat.postMessage")


class Scene:
    """One consumer, run by hand behind proxies of the emulator and of Slack."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.aws, self.slack = (Proxy(pipeline.endpoint(name)) for name in ("aws", "slack"))

    def kill_at(self, place: Callable[[Scene], Hold], effect: Callable[[str], object]) -> str:
        """Send an error, kill the consumer at the held request once `effect` is there; the record's id."""
        replaced = {proxy.upstream: proxy.address for proxy in (self.aws, self.slack)}
        with self.aws.serving(), self.slack.serving(), by_hand(self.pipeline, "consumer", replaced) as consumer:
            self._caught_up()
            hold = place(self)
            [sent] = self.pipeline.send(_error(self.pipeline), service="worst")
            hold.reached(60)
            eventually(lambda: effect(sent["record_id"]), "the effect")
            consumer.kill()
            consumer.wait()
        return sent["record_id"]

    def _caught_up(self) -> None:
        """The consumer by hand holds the shard: it moves the checkpoint to the newest record."""
        newest = int(self.pipeline.stream_records()[-1]["SequenceNumber"])

        def reached() -> bool:
            key = {"shard_id": {"S": "shardId-000000000000"}}
            item = self.pipeline.dynamodb.get_item(TableName=LEASES, Key=key)["Item"]
            return int(item["checkpoint"]["S"]) >= newest

        eventually(reached, "the consumer by hand reading", within_s=60)


PLACES: dict[str, Callable[[Scene], Hold]] = {
    "alert sent, checkpoint not moved": lambda scene: scene.aws.hold(_moves_checkpoint, Moment.REQUEST),
    "Slack has it, its answer not read": lambda scene: scene.slack.hold(_posts, Moment.ANSWER),
    "Slack answered, ledger not written": lambda scene: scene.aws.hold(_says_sent, Moment.REQUEST),
    "ledger written, its answer not read": lambda scene: scene.aws.hold(_says_sent, Moment.ANSWER),
}


@pytest.fixture(scope="module", autouse=True)
def _quiet(pipeline: Pipeline) -> Any:
    """No traffic but this module's: the request that is held is about its error."""
    pipeline.command("stop", "log-generator")
    yield
    pipeline.command("start", "log-generator")


@pytest.mark.parametrize("place", PLACES)
def test_a_consumer_killed_behind_its_effect_alerts_once(
    pipeline: Pipeline, evidence: Evidence, report: Report, place: str
) -> None:
    about = Scene(pipeline).kill_at(PLACES[place], lambda sent: evidence.alerts()[sent] == 1)
    eventually(lambda: "pending" not in pipeline.ledger_row(about), "nothing owed", within_s=90)
    _behind_all(pipeline, evidence)
    row = pipeline.ledger_row(about)
    report(f"{evidence.alerts()[about]} alert, ledger {row['state']}, analysis by {row['analysis_source']}")
    assert evidence.alerts()[about] == 1
    assert row["state"] == "complete"
    assert row["slack_ts"]


def test_a_consumer_killed_before_its_checkpoint_rejects_poison_once(pipeline: Pipeline) -> None:
    poison = b"poison " + secrets.token_hex(8).encode()
    aws = Proxy(pipeline.endpoint("aws"))
    with aws.serving(), by_hand(pipeline, "consumer", {aws.upstream: aws.address}) as consumer:
        hold = aws.hold(_moves_checkpoint, Moment.REQUEST)
        pipeline.kinesis.put_record(StreamName=STREAM, Data=poison, PartitionKey="p")
        hold.reached(60)
        consumer.kill()
        consumer.wait()
    [after] = pipeline.send('{"level": "INFO", "service": "worst", "message": "behind the poison"}')
    assert pipeline.trace(after["record_id"], wait_s=30)[7]["state"] == "ok"
    rejected = [json.loads(pipeline.body(key)) for key in pipeline.keys("rejected/dt=")]
    assert [base64.b64decode(one["bytes_base64"]) for one in rejected].count(poison) == 1


def test_a_shipper_killed_behind_put_records_repeats_lines_but_no_alert(
    pipeline: Pipeline, evidence: Evidence, report: Report
) -> None:
    container = Container(pipeline.folder / "containers", "worst")
    line = _error(pipeline)
    aws = Proxy(pipeline.endpoint("aws"))
    with aws.serving(), by_hand(pipeline, "shipper", {aws.upstream: aws.address}) as shipper:
        hold = aws.hold(lambda call: call.operation == "PutRecords", Moment.ANSWER)
        [time] = container.write(line.encode())
        hold.reached(30)
        shipper.kill()
        shipper.wait()
    about = record_id({**json.loads(line), "log_file": container.path.name, "time": time})

    def in_stream() -> int:
        return sum(time.encode() in record["Data"] for record in pipeline.stream_records())

    eventually(lambda: in_stream() >= 2, "the line sent anew")
    eventually(lambda: evidence.alerts()[about] >= 1, "the alert", within_s=60)
    _behind_all(pipeline, evidence)
    in_s3 = eventually(lambda: counted(evidence.s3())[about], "the record in S3")
    report(f"{in_stream()} times in the stream, {in_s3} in S3, {evidence.alerts()[about]} alert")
    assert evidence.alerts()[about] == 1


DELIVERIES: dict[str, Callable[[Call], bool]] = {
    "S3": lambda call: call.method == "PUT" and "/raw/dt" in call.path,
    "OpenSearch": lambda call: call.path.endswith("/_bulk"),
}


@pytest.mark.parametrize("store", DELIVERIES)
def test_a_firehose_killed_behind_its_delivery_delivers_again(
    pipeline: Pipeline, evidence: Evidence, report: Report, store: str
) -> None:
    aws, search = Proxy(pipeline.endpoint("aws")), Proxy(pipeline.endpoint("opensearch"))
    # Firehose asks AWS where the domain is.
    aws.rewrites[search.upstream.removeprefix("http://")] = search.address.removeprefix("http://")
    with aws.serving(), search.serving(), by_hand(pipeline, "firehose", {aws.upstream: aws.address}) as firehose:
        hold = (aws if store == "S3" else search).hold(DELIVERIES[store], Moment.ANSWER)
        lines = [json.dumps({"level": "INFO", "service": "worst", "message": f"{_words()} {n}"}) for n in range(20)]
        references = pipeline.send(*lines, service="worst")
        hold.reached(60)
        firehose.kill()
        firehose.wait()
    sent = {one["record_id"] for one in references}
    eventually(lambda: counted(evidence.s3()).keys() >= sent, "all of it in S3", within_s=60)
    eventually(lambda: counted(evidence.opensearch()).keys() >= sent, "all of it in OpenSearch", within_s=60)
    if store == "S3":
        again = eventually(lambda: sum(counted(evidence.s3())[one] - 1 for one in sent), "the object put anew")
    else:  # a document keeps its id when it is delivered again: it gets another version
        query = {"version": True, "query": {"terms": {"time": [one["time"] for one in references]}}}
        again = eventually(lambda: sum(hit["_version"] - 1 for hit in pipeline.opensearch(query)), "the bulk sent anew")
        assert all(counted(evidence.opensearch())[one] == 1 for one in sent)
    report(f"{len(sent)} records, none lost; {again} delivered again")


def _behind_all(pipeline: Pipeline, evidence: Evidence) -> None:
    """One more error goes all the way: whatever a restarted process had to repeat is done."""
    [later] = pipeline.send(_error(pipeline), service="worst")
    eventually(lambda: evidence.alerts()[later["record_id"]] >= 1, "the later alert", within_s=60)
    eventually(lambda: "pending" not in pipeline.ledger_row(later["record_id"]), "nothing owed", within_s=60)
