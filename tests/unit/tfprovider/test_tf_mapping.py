from __future__ import annotations

from typing import Any

import botocore.session

from sandbox.tfprovider import mapping, schema
from sandbox.tfprovider.resources import TABLES

SESSION = botocore.session.get_session()


def shapes(service: str, operation: str) -> Any:
    return SESSION.get_service_model(service).operation_model(operation)


def test_a_block_becomes_a_structure_and_comes_back() -> None:
    table = TABLES["aws_kinesis_firehose_delivery_stream"]
    block = schema.load().resources[table.type_name].block
    s3 = {
        "bucket_arn": "arn:aws:s3:::b",
        "role_arn": "arn:aws:iam::0:role/r",
        "buffering_interval": 2,
        "buffering_size": 1,
        "prefix": "raw/",
        "processing_configuration": [
            {"enabled": True, "processors": [{"type": "AppendDelimiterToRecord", "parameters": []}]}
        ],
    }
    value = block.complete({"name": "f", "extended_s3_configuration": [s3]})

    shape = shapes("firehose", "CreateDeliveryStream").input_shape
    sent = mapping.encode(block, value, shape, mapping.Binding({**table.names, **table.create.names}))

    assert sent["DeliveryStreamName"] == "f"
    configuration = sent["ExtendedS3DestinationConfiguration"]
    assert configuration["BufferingHints"] == {"SizeInMBs": 1, "IntervalInSeconds": 2}
    assert configuration["RoleARN"] == s3["role_arn"]
    assert configuration["ProcessingConfiguration"]["Processors"] == [{"Type": "AppendDelimiterToRecord"}]

    read = table.reads[0]
    told = {"DeliveryStreamName": "f", "Destinations": [{"ExtendedS3DestinationDescription": configuration}]}
    shape = shapes("firehose", "DescribeDeliveryStream").output_shape.members["DeliveryStreamDescription"]
    found = mapping.decode(block, told, shape, mapping.Binding({**table.names, **read.names}))

    assert found["extended_s3_configuration"][0]["buffering_interval"] == 2
    assert found["extended_s3_configuration"][0]["prefix"] == "raw/"
    assert found["opensearch_configuration"] == []


def test_an_attribute_without_a_member_is_not_told() -> None:
    table = TABLES["aws_s3_bucket"]
    block = schema.load().resources["aws_s3_bucket"].block
    shape = shapes("s3", "HeadBucket").output_shape

    found = mapping.decode(block, {"BucketRegion": "r"}, shape, mapping.Binding(table.reads[0].names))

    assert found["region"] == "r"
    assert "force_destroy" not in found


def test_a_path_picks_through_lists() -> None:
    assert mapping.pick({"A": [{"B": 1}]}, "A.0.B") == 1
    assert mapping.pick({"A": []}, "A.0.B") is None
