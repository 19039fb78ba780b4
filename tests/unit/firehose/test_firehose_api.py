from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.firehose import operations
from sandbox.firehose.app import create_app
from sandbox.firehose.manager import Manager
from sandbox.firehose.operations import Operations
from sandbox.firehose.store import Store
from tests.unit.firehose.fakes import BUCKET, ROLE, STREAM, FakeClients, FakeKinesis, FakeS3, s3_settings, wait_for

DOMAIN = "arn:aws:es:ap-northeast-2:000000000000:domain/cali-logs"


class Service:
    """A Firehose on a free port, and the ordinary client to it."""

    def __init__(self, directory: Path) -> None:
        self.store, self.s3, self.kinesis = Store(directory), FakeS3(), FakeKinesis(0)
        self.manager = Manager(self.store, FakeClients(s3=self.s3, kinesis=self.kinesis))
        vpc = Operations(self.manager, lambda _region, _vpc: "vpc-1")
        app = create_app(self.manager, vpc, "ap-northeast-2", lambda: self.manager.stop(1))
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        wait_for(lambda: self.server.started)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.client: Any = boto3.client(
            "firehose",
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, proxies={}),
        )

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.store.close()

    def create(self, name: str = "d", **destination: Any) -> str:
        destination = destination or {"ExtendedS3DestinationConfiguration": s3_settings()}
        return str(self.client.create_delivery_stream(DeliveryStreamName=name, **destination)["DeliveryStreamARN"])

    def describe(self, name: str = "d") -> dict[str, Any]:
        return dict(self.client.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"])

    def health(self) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sandbox/health") as answer:
            return json.load(answer)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.close()


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all the requests that change nothing."""
    service = Service(tmp_path_factory.mktemp("idle"))
    yield service
    service.close()


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call(**request)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_s3_delivery_stream_is_described_with_the_defaults_of_aws(service: Service) -> None:
    arn = service.create(ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET})
    assert arn == "arn:aws:firehose:eu-west-1:000000000000:deliverystream/d"
    described = service.describe()
    assert (described["DeliveryStreamARN"], described["DeliveryStreamStatus"], described["VersionId"]) == (
        arn,
        "ACTIVE",
        "1",
    )
    assert (described["DeliveryStreamType"], described["HasMoreDestinations"]) == ("DirectPut", False)
    [destination] = described["Destinations"]
    assert destination["DestinationId"] == "destinationId-000000000001"
    plain = {
        "RoleARN": ROLE,
        "BucketARN": BUCKET,
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
    }
    assert destination["S3DestinationDescription"] == plain
    assert destination["ExtendedS3DestinationDescription"] == plain | {
        "ProcessingConfiguration": {"Enabled": False, "Processors": []},
        "S3BackupMode": "Disabled",
    }


def test_an_opensearch_delivery_stream_is_described_with_all_that_was_given(service: Service) -> None:
    given = {
        "RoleARN": ROLE,
        "DomainARN": DOMAIN,
        "IndexName": "cali-logs",
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60},
        "S3Configuration": s3_settings(CompressionFormat="GZIP"),
        "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "/aws/firehose", "LogStreamName": "os"},
        "VpcConfiguration": {"SubnetIds": ["subnet-1"], "RoleARN": ROLE, "SecurityGroupIds": ["sg-1"]},
    }
    source = {"KinesisStreamARN": STREAM, "RoleARN": ROLE}
    service.create(
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration=source,
        AmazonopensearchserviceDestinationConfiguration=given,
    )
    described = service.describe()
    assert source.items() <= described["Source"]["KinesisStreamSourceDescription"].items()
    shown = described["Destinations"][0]["AmazonopensearchserviceDestinationDescription"]
    assert {name: shown[name] for name in ("IndexName", "DomainARN", "BufferingHints", "CloudWatchLoggingOptions")} == {
        name: given[name] for name in ("IndexName", "DomainARN", "BufferingHints", "CloudWatchLoggingOptions")
    }
    assert shown["IndexRotationPeriod"] == "OneDay"
    assert shown["RetryOptions"] == {"DurationInSeconds": 300}
    assert shown["S3BackupMode"] == "FailedDocumentsOnly"
    assert shown["DocumentIdOptions"] == {"DefaultDocumentIdFormat": "FIREHOSE_DEFAULT"}
    assert shown["S3DestinationDescription"]["CompressionFormat"] == "GZIP"
    assert shown["VpcConfigurationDescription"]["VpcId"] == "vpc-1"


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"DeliveryStreamName": "a b"}, "ValidationException", "Value 'a b' at 'deliveryStreamName' failed to satisfy"),
        ({"DeliveryStreamName": None}, "ValidationException", "Member must not be null"),
        (
            {
                "ExtendedS3DestinationConfiguration": s3_settings(
                    BufferingHints={"SizeInMBs": 129, "IntervalInSeconds": 1}
                )
            },
            "ValidationException",
            "'extendedS3DestinationConfiguration.bufferingHints.sizeInMBs' failed to satisfy constraint: Member must",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(CompressionFormat="BZIP")},
            "ValidationException",
            "enum value set",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(BucketARN="b")},
            "ValidationException",
            "regular expression",
        ),
        ({"ExtendedS3DestinationConfiguration": {"RoleARN": ROLE}}, "ValidationException", "bucketARN"),
        ({"ExtendedS3DestinationConfiguration": s3_settings(Prefix=5)}, "SerializationException", "must be a string"),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(CompressionFormat="ZIP")},
            "InvalidArgumentException",
            "ZIP",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(BufferingHints={"SizeInMBs": 1})},
            "InvalidArgumentException",
            "both",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(Prefix="!{timestamp:yyyy}")},
            "InvalidArgumentException",
            "ErrorOutputPrefix cannot be null",
        ),
        (
            {
                "ExtendedS3DestinationConfiguration": s3_settings(
                    ProcessingConfiguration={"Enabled": True, "Processors": [{"Type": "Lambda"}]}
                )
            },
            "InvalidArgumentException",
            "Lambda",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(DynamicPartitioningConfiguration={"Enabled": True})},
            "InvalidArgumentException",
            "DynamicPartitioning",
        ),
        (
            {"ExtendedS3DestinationConfiguration": s3_settings(CustomTimeZone="No/Where")},
            "InvalidArgumentException",
            "time zone",
        ),
        ({"ExtendedS3DestinationConfiguration": None}, "InvalidArgumentException", "Exactly one destination"),
        (
            {"DeliveryStreamType": "KinesisStreamAsSource"},
            "InvalidArgumentException",
            "KinesisStreamSourceConfiguration",
        ),
        ({"DeliveryStreamType": "MSKAsSource"}, "InvalidArgumentException", "MSKAsSource"),
        (
            {
                "ExtendedS3DestinationConfiguration": None,
                "AmazonopensearchserviceDestinationConfiguration": {
                    "RoleARN": ROLE,
                    "IndexName": "i",
                    "S3Configuration": s3_settings(),
                },
            },
            "InvalidArgumentException",
            "exactly one of DomainARN and ClusterEndpoint",
        ),
        (
            {
                "ExtendedS3DestinationConfiguration": None,
                "SplunkDestinationConfiguration": {
                    "HECEndpoint": "e",
                    "HECEndpointType": "Raw",
                    "S3Configuration": s3_settings(),
                },
            },
            "InvalidArgumentException",
            "SplunkDestinationConfiguration",
        ),
    ],
)
def test_what_aws_refuses_is_refused(idle: Service, request_: dict[str, Any], code: str, message: str) -> None:
    request = {"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": s3_settings()} | request_
    request = {name: value for name, value in request.items() if value is not None}
    refused = refusal(idle.client.create_delivery_stream, **request)
    assert refused[0] == code
    assert message in refused[1]
    assert idle.client.list_delivery_streams()["DeliveryStreamNames"] == []


def test_a_name_is_used_once_and_unknown_ones_are_not_found(service: Service) -> None:
    service.create()
    assert refusal(service.create)[0] == "ResourceInUseException"
    for call in (service.client.describe_delivery_stream, service.client.delete_delivery_stream):
        assert refusal(call, DeliveryStreamName="other")[0] == "ResourceNotFoundException"
    service.client.delete_delivery_stream(DeliveryStreamName="d")
    assert refusal(service.describe)[0] == "ResourceNotFoundException"
    service.create()


def test_the_quota_of_delivery_streams(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_STREAMS", 1)
    service.create()
    assert refusal(service.create, name="e")[0] == "LimitExceededException"


def test_records_put_directly_are_delivered(service: Service) -> None:
    service.create()
    assert service.client.put_record(DeliveryStreamName="d", Record={"Data": b"a"})["RecordId"]
    answer = service.client.put_record_batch(DeliveryStreamName="d", Records=[{"Data": b"b"}, {"Data": b"c"}])
    assert (answer["FailedPutCount"], len(answer["RequestResponses"])) == (0, 2)
    wait_for(lambda: b"".join(service.s3.objects.values()) == b"abc")
    wait_for(lambda: service.health()["streams"]["d"]["delivered"]["records"] == 3)


def test_a_kinesis_source_takes_no_records_directly(service: Service) -> None:
    source = {"KinesisStreamARN": STREAM, "RoleARN": ROLE}
    service.create(
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration=source,
        ExtendedS3DestinationConfiguration=s3_settings(),
    )
    refused = refusal(service.client.put_record, DeliveryStreamName="d", Record={"Data": b"a"})
    assert refused == (
        "InvalidArgumentException",
        "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
    )
    assert (
        refusal(service.client.start_delivery_stream_encryption, DeliveryStreamName="d")[0]
        == "InvalidArgumentException"
    )


def test_limits_of_a_batch(service: Service) -> None:
    service.create()
    put = service.client.put_record_batch
    many, large = [{"Data": b"x"}] * 501, [{"Data": bytes(1_000_000)}] * 5
    assert refusal(put, DeliveryStreamName="d", Records=many)[0] == "ValidationException"
    assert refusal(put, DeliveryStreamName="d", Records=large)[0] == "InvalidArgumentException"
    too_large = {"Data": bytes(1_024_001)}
    assert refusal(service.client.put_record, DeliveryStreamName="d", Record=too_large)[0] == "ValidationException"


def test_an_update_keeps_what_it_does_not_name_and_makes_a_version(service: Service) -> None:
    service.create(ExtendedS3DestinationConfiguration=s3_settings(Prefix="a/", CompressionFormat="GZIP"))
    update = {
        "DeliveryStreamName": "d",
        "CurrentDeliveryStreamVersionId": "1",
        "DestinationId": "destinationId-000000000001",
        "ExtendedS3DestinationUpdate": {"Prefix": "b/", "BufferingHints": {"IntervalInSeconds": 9}},
    }
    service.client.update_destination(**update)
    described = service.describe()
    shown = described["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (described["VersionId"], "LastUpdateTimestamp" in described) == ("2", True)
    assert (shown["Prefix"], shown["CompressionFormat"]) == ("b/", "GZIP")
    assert shown["BufferingHints"] == {"SizeInMBs": 1, "IntervalInSeconds": 9}
    assert refusal(service.client.update_destination, **update)[0] == "ConcurrentModificationException"
    other = update | {"CurrentDeliveryStreamVersionId": "2", "DestinationId": "destinationId-000000000002"}
    assert refusal(service.client.update_destination, **other)[0] == "InvalidArgumentException"


def test_tags_are_kept_listed_in_pages_and_removed(service: Service) -> None:
    service.create(ExtendedS3DestinationConfiguration=s3_settings(), Tags=[{"Key": "a", "Value": "1"}])
    service.client.tag_delivery_stream(DeliveryStreamName="d", Tags=[{"Key": "b", "Value": "2"}, {"Key": "c"}])
    page = service.client.list_tags_for_delivery_stream(DeliveryStreamName="d", Limit=2)
    assert (page["Tags"], page["HasMoreTags"]) == ([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], True)
    service.client.untag_delivery_stream(DeliveryStreamName="d", TagKeys=["a"])
    rest = service.client.list_tags_for_delivery_stream(DeliveryStreamName="d", ExclusiveStartTagKey="b")
    assert rest["Tags"] == [{"Key": "c", "Value": ""}]
    many = [{"Key": f"k{number}"} for number in range(49)]
    assert refusal(service.client.tag_delivery_stream, DeliveryStreamName="d", Tags=many)[0] == "LimitExceededException"


def test_encryption_is_recorded(service: Service) -> None:
    service.create()
    assert service.describe()["DeliveryStreamEncryptionConfiguration"] == {"Status": "DISABLED"}
    service.client.start_delivery_stream_encryption(DeliveryStreamName="d")
    shown = service.describe()["DeliveryStreamEncryptionConfiguration"]
    assert shown == {"KeyType": "AWS_OWNED_CMK", "Status": "ENABLED"}
    service.client.stop_delivery_stream_encryption(DeliveryStreamName="d")
    assert service.describe()["DeliveryStreamEncryptionConfiguration"] == {"Status": "DISABLED"}


def test_names_are_listed_in_pages(service: Service) -> None:
    for name in ("c", "a", "b"):
        service.create(name)
    page = service.client.list_delivery_streams(Limit=2)
    assert (page["DeliveryStreamNames"], page["HasMoreDeliveryStreams"]) == (["a", "b"], True)
    page = service.client.list_delivery_streams(ExclusiveStartDeliveryStreamName="b")
    assert (page["DeliveryStreamNames"], page["HasMoreDeliveryStreams"]) == (["c"], False)
    assert service.client.list_delivery_streams(DeliveryStreamType="KinesisStreamAsSource")["DeliveryStreamNames"] == []


def test_definitions_and_undelivered_records_outlive_the_process(tmp_path: Path) -> None:
    first = Service(tmp_path)
    first.s3.down.set()
    first.create()
    first.client.put_record(DeliveryStreamName="d", Record={"Data": b"kept"})
    before = first.describe()
    first.close()
    second = Service(tmp_path)
    assert second.describe() == before
    wait_for(lambda: list(second.s3.objects.values()) == [b"kept"])
    second.close()


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("Firehose_20150804.Nothing", b"{}", "UnknownOperationException"),
        ("", b"{}", "UnknownOperationException"),
        ("Firehose_20150804.ListDeliveryStreams", b"{", "SerializationException"),
        ("Firehose_20150804.ListDeliveryStreams", b"[]", "SerializationException"),
    ],
)
def test_what_is_not_the_protocol_is_refused(idle: Service, target: str, body: bytes, code: str) -> None:
    request = urllib.request.Request(idle.url, body, {"X-Amz-Target": target})
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert json.load(raised.value)["__type"] == code
