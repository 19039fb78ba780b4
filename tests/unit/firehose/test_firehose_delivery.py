from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.firehose import diagnosis
from sandbox.firehose.configuration import OPENSEARCH, S3, describe_opensearch, describe_s3
from sandbox.firehose.metrics import Metrics
from sandbox.firehose.opensearch_delivery import EndpointError, OpenSearchDelivery, endpoint_url
from sandbox.firehose.pipeline import Pipeline
from sandbox.firehose.records import Batch, Record
from sandbox.firehose.s3_delivery import InterruptedDeliveryError, S3Target, S3Writer
from sandbox.firehose.store import Store
from sandbox.firehose.wiring import Wiring
from tests.unit.firehose.fakes import ROLE, STREAM, FakeClients, FakeKinesis, FakeS3, s3_settings, wait_for

ARRIVED = 1_535_365_805.0  # 2018-08-27T10:30:05Z
Answer = Callable[[list[tuple[dict[str, Any], Any]]], httpx.Response]


class Cluster:
    """A bulk endpoint: `answer` decides over a request, given its pairs of action and document."""

    def __init__(self) -> None:
        self.requests: list[list[tuple[dict[str, Any], Any]]] = []
        self.answer: Answer = self.accept

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/_bulk"
        lines = [json.loads(line) for line in request.content.splitlines()]
        self.requests.append(list(zip(lines[::2], lines[1::2], strict=True)))
        return self.answer(self.requests[-1])

    @staticmethod
    def accept(pairs: list[tuple[dict[str, Any], Any]]) -> httpx.Response:
        return httpx.Response(200, json={"errors": False, "items": [{"index": {"status": 201}} for _ in pairs]})

    @staticmethod
    def statuses(of: Callable[[Any], int]) -> Answer:
        return lambda pairs: httpx.Response(
            200, json={"items": [{"index": {"status": of(document)}} for _, document in pairs]}
        )


class Domain:
    def __init__(self, **status: Any) -> None:
        self.status = status

    def describe_domain(self, **_: Any) -> dict[str, Any]:
        return {"DomainStatus": self.status}


class Bench:
    """An OpenSearch delivery over fakes."""

    def __init__(self, store: Store, **changes: Any) -> None:
        self.s3, self.cluster, self.metrics = FakeS3(), Cluster(), Metrics({})
        given = {
            "RoleARN": ROLE,
            "IndexName": "cali-logs",
            "DomainARN": "arn:aws:es:ap-northeast-2:000000000000:domain/cali-logs",
            "RetryOptions": {"DurationInSeconds": 0},
            "S3Configuration": s3_settings(ErrorOutputPrefix="firehose-failed/!{firehose:error-output-type}/"),
        }
        self.settings = describe_opensearch(given | changes, None)
        self.domain = Domain(Endpoint="127.0.0.1:9200")
        self.wiring = Wiring("u", "r", FakeClients(s3=self.s3, opensearch=self.domain), store, self.metrics)
        http = httpx.Client(transport=httpx.MockTransport(self.cluster))
        self.delivery = OpenSearchDelivery(self.wiring, S3Writer(self.wiring), http)

    def deliver(self, *items: bytes) -> None:
        records = [Record(data, ARRIVED, "a", str(number)) for number, data in enumerate(items)]
        target = S3Target("d", "1", self.settings["S3DestinationDescription"])
        self.delivery.deliver(Batch(records), lambda: self.settings, lambda: target)

    def failed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for body in self.s3.objects.values() for line in body.splitlines()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def test_documents_go_to_the_index_of_their_arrival_under_a_stable_id(store: Store) -> None:
    bench = Bench(store)
    bench.deliver(b'{"n":1}', b'{"n":2}')
    [request] = bench.cluster.requests
    assert request == [
        ({"index": {"_index": "cali-logs-2018-08-27", "_id": "0.0"}}, {"n": 1}),
        ({"index": {"_index": "cali-logs-2018-08-27", "_id": "1.0"}}, {"n": 2}),
    ]
    last = bench.metrics.snapshot()["last_delivery"]
    assert (last["records"], last["index"]) == (2, "cali-logs-2018-08-27")


def test_a_bad_record_goes_to_s3_and_the_rest_to_the_index(store: Store) -> None:
    bench = Bench(store)
    bench.cluster.answer = Cluster.statuses(lambda document: 400 if document["n"] == 2 else 201)
    bench.deliver(b'{"n":1}', b"not json", b'{"n":2}', b'{"n":3}')
    assert [(f["errorCode"], f["attemptsMade"]) for f in bench.failed()] == [("OS.MalformedData", 0), ("400", 1)]
    [key] = bench.s3.objects
    assert key.startswith("cali-logs/firehose-failed/AmazonOpenSearchService-failed/d-1-2018-08-27-10-30-05-")
    snapshot = bench.metrics.snapshot()
    assert (snapshot["delivered"]["records"], snapshot["failed_documents"]) == (2, 2)


def test_only_what_was_refused_for_now_is_sent_again(store: Store) -> None:
    bench = Bench(store, RetryOptions={"DurationInSeconds": 60})
    busy = iter([429, 503])
    bench.cluster.answer = Cluster.statuses(lambda document: next(busy, 201) if document["n"] == 2 else 201)
    bench.deliver(b'{"n":1}', b'{"n":2}')
    assert [[document["n"] for _, document in request] for request in bench.cluster.requests] == [[1, 2], [2], [2]]
    assert bench.failed() == []
    assert bench.metrics.snapshot()["errors"] == {}


def test_after_the_retry_duration_the_documents_go_to_s3(store: Store) -> None:
    bench = Bench(store)
    bench.cluster.answer = lambda _: httpx.Response(503, text="busy")
    bench.deliver(b'{"n":1}', b'{"n":2}')
    assert [(f["errorCode"], f["errorMessage"]) for f in bench.failed()] == [("503", "busy")] * 2


def test_an_unreachable_cluster_is_an_error_with_its_reason(store: Store) -> None:
    bench = Bench(store)

    def refuse(_: Any) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    bench.cluster.answer = refuse
    bench.deliver(b'{"n":1}')
    assert "connection refused" in bench.metrics.snapshot()["errors"]["opensearch"]["message"]
    assert bench.failed()[0]["errorCode"] == "OS.EndpointUnreachable"


@pytest.mark.parametrize("status", [400, 413])
def test_a_request_refused_as_a_whole_is_halved_down_to_the_culprit(store: Store, status: int) -> None:
    bench = Bench(store)

    def answer(pairs: list[tuple[dict[str, Any], Any]]) -> httpx.Response:
        return httpx.Response(status) if any(document["n"] == 5 for _, document in pairs) else Cluster.accept(pairs)

    bench.cluster.answer = answer
    bench.deliver(*(b'{"n":%d}' % number for number in range(8)))
    assert [f["esDocumentId"] for f in bench.failed()] == ["5.0"]
    assert bench.metrics.snapshot()["delivered"]["records"] == 7


def test_stopping_amid_retries_is_an_interruption(store: Store) -> None:
    bench = Bench(store, RetryOptions={"DurationInSeconds": 60})
    bench.cluster.answer = lambda _: httpx.Response(503)
    bench.wiring.stop.set()
    with pytest.raises(InterruptedDeliveryError):
        bench.deliver(b"{}")


def test_a_domain_without_an_endpoint_is_waited_for(store: Store) -> None:
    bench = Bench(store, RetryOptions={"DurationInSeconds": 60})
    bench.domain.status = {}
    with pytest.raises(EndpointError):
        bench.delivery._endpoint(bench.settings)
    bench.domain.status = {"Endpoints": {"vpc": "127.0.0.1:9201"}}
    assert bench.delivery._endpoint(bench.settings) == "http://127.0.0.1:9201"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("127.0.0.1:9200", "http://127.0.0.1:9200"),
        ("https://localhost:9200/", "http://localhost:9200"),
        ("search-x.ap-northeast-2.es.amazonaws.com", "https://search-x.ap-northeast-2.es.amazonaws.com"),
    ],
)
def test_only_loopback_is_spoken_to_without_tls(endpoint: str, url: str) -> None:
    assert endpoint_url(endpoint) == url


def test_a_named_host_is_spoken_to_without_tls_and_no_other() -> None:
    assert endpoint_url("aws.internal:4566/opensearch/x", {"aws.internal"}) == "http://aws.internal:4566/opensearch/x"
    assert endpoint_url("not.aws.internal:4566", {"aws.internal"}) == "https://not.aws.internal:4566"


def test_an_object_is_named_as_aws_names_it() -> None:
    described = describe_s3(s3_settings(CompressionFormat="GZIP", CustomTimeZone="Asia/Seoul", Prefix="raw/"))
    key = S3Target("stream", "3", described).key(ARRIVED)
    assert key.startswith("raw/2018/08/27/19/stream-3-2018-08-27-19-30-05-")
    assert key.endswith(".gz")
    other = S3Target("stream", "3", describe_s3(s3_settings(CompressionFormat="GZIP", FileExtension=".jsonl.gz")))
    assert other.key(ARRIVED).endswith(".jsonl.gz")


def definition(kinesis: bool, destination: dict[str, Any]) -> dict[str, Any]:
    source = {"KinesisStreamSourceDescription": {"KinesisStreamARN": STREAM, "RoleARN": ROLE}} if kinesis else {}
    return {
        "Uid": "u",
        "DeliveryStreamName": "d",
        "DeliveryStreamARN": "arn:aws:firehose:ap-northeast-2:000000000000:deliverystream/d",
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "KinesisStreamAsSource" if kinesis else "DirectPut",
        "VersionId": "1",
        "CreateTimestamp": time.time() - 1,
        "Destinations": [destination],
        "Source": source,
    }


NEWLINE = {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}]}


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


def test_a_pipeline_delivers_gzip_with_newlines_and_then_commits(store: Store, s3: FakeS3) -> None:
    kinesis = FakeKinesis(time.time() - 10)
    for number in range(3):
        kinesis.put(b"%d" % number)
    settings = describe_s3(s3_settings(CompressionFormat="GZIP", ProcessingConfiguration=NEWLINE))
    pipeline = Pipeline(
        definition(kinesis=True, destination={S3: settings}), FakeClients(s3=s3, kinesis=kinesis), store
    )
    pipeline.start()
    wait_for(lambda: [position.sequence for position in store.positions("u").values()] == [f"{3:030d}"])
    pipeline.stop(1)
    [body] = s3.objects.values()
    assert gzip.decompress(body) == b"0\n1\n2\n"
    health = pipeline.health()
    assert health["delivered"] == {"records": 3, "bytes": 3, "objects": 1}
    assert health["last_delivery"]["key"] in next(iter(s3.objects))
    assert (health["state"], health["data_freshness_s"]) == ("ok", 0.0)


def test_an_outage_of_s3_is_outlived_and_shown(store: Store, s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "ERROR_GRACE_S", 0.0)
    s3.down.set()
    pipeline = Pipeline(
        definition(kinesis=False, destination={S3: describe_s3(s3_settings())}), FakeClients(s3=s3), store
    )
    pipeline.start()
    store.append("u", time.time() - 30, [b"a"])
    pipeline.appended()
    wait_for(lambda: "ServiceUnavailable" in str(pipeline.health()["errors"]))
    assert pipeline.health()["state"] == "failing"
    assert pipeline.health()["data_freshness_s"] >= 30
    s3.down.clear()
    wait_for(lambda: list(s3.objects.values()) == [b"a"])
    wait_for(lambda: pipeline.health()["state"] == "ok")
    assert pipeline.health()["last_error"]["where"] == "s3"
    pipeline.stop(1)


def test_what_a_stop_cannot_deliver_is_delivered_by_the_next_start(store: Store, s3: FakeS3) -> None:
    s3.down.set()
    described = definition(kinesis=False, destination={S3: describe_s3(s3_settings())})
    first = Pipeline(described, FakeClients(s3=s3), store)
    store.append("u", time.time(), [b"a", b"b"])
    first.start()
    wait_for(lambda: s3.attempts)
    first.stop(0.05)
    s3.down.clear()
    second = Pipeline(described, FakeClients(s3=s3), store)
    second.start()
    wait_for(lambda: b"".join(s3.objects.values()) == b"ab")
    second.stop(1)
    assert store.journal_bytes("u") == 0


def test_a_stop_delivers_what_waits_for_its_interval(store: Store, s3: FakeS3) -> None:
    slow = s3_settings(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    pipeline = Pipeline(definition(kinesis=False, destination={S3: describe_s3(slow)}), FakeClients(s3=s3), store)
    store.append("u", time.time(), [b"a"])
    pipeline.start()
    wait_for(lambda: pipeline.health()["buffer"]["records"] == 1)
    pipeline.stop(5)
    assert list(s3.objects.values()) == [b"a"]


def test_a_backup_of_all_documents_is_written_as_well(store: Store, s3: FakeS3) -> None:
    bench = Bench(store, S3BackupMode="AllDocuments")
    settings = bench.settings | {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}}
    pipeline = Pipeline(
        definition(kinesis=False, destination={OPENSEARCH: settings}),
        FakeClients(s3=s3, opensearch=bench.domain),
        store,
    )
    pipeline._opensearch = bench.delivery
    store.append("u", ARRIVED, [b'{"n":1}', b'{"n":2}'])
    pipeline.start()
    wait_for(lambda: bench.metrics.snapshot()["delivered"]["records"] == 2)
    pipeline.stop(1)
    [(key, body)] = s3.objects.items()
    assert key.startswith("cali-logs/2018/08/27/10/d-1-")
    assert body == b'{"n":1}{"n":2}'


def test_counters_of_deliveries_outlive_the_process(store: Store, s3: FakeS3) -> None:
    described = definition(kinesis=False, destination={S3: describe_s3(s3_settings())})
    for number in range(1, 3):
        pipeline = Pipeline(described, FakeClients(s3=s3), store)
        pipeline.start()
        store.append("u", time.time(), [b"a"])
        pipeline.appended()
        wait_for(lambda: store.journal_bytes("u") == 0)
        pipeline.stop(1)
        assert pipeline.health()["delivered"]["records"] == number


def test_a_changed_destination_is_used_by_a_delivery_that_is_being_retried(store: Store, s3: FakeS3) -> None:
    s3.down.set()
    stop = threading.Event()
    wiring = Wiring("u", "r", FakeClients(s3=s3), store, Metrics({}), stop)
    targets = {"now": S3Target("d", "1", describe_s3(s3_settings(Prefix="old/")))}
    written: list[tuple[str, str]] = []
    thread = threading.Thread(
        target=lambda: written.append(S3Writer(wiring).write(lambda: targets["now"], b"x", ARRIVED))
    )
    thread.start()
    wait_for(lambda: s3.attempts)
    targets["now"] = S3Target("d", "2", describe_s3(s3_settings(Prefix="new/")))
    s3.down.clear()
    thread.join()
    assert written[0][1].startswith("new/2018/08/27/10/d-2-")
