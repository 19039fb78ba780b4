"""Data Firehose delivery streams, for the destinations CALI uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider import mapping, schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import Change, Op, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes

_TYPE = "aws_kinesis_firehose_delivery_stream"
_DESCRIBE = Op("DescribeDeliveryStream", only=("name",))

#: The API calls one thing three ways: as it is asked for, as it is told, and as it is changed.
_COMMON = {
    "name": "DeliveryStreamName",
    "arn": "DeliveryStreamARN",
    "*.buffering_size": "BufferingHints.SizeInMBs",
    "*.buffering_interval": "BufferingHints.IntervalInSeconds",
    "*.cloudwatch_logging_options": "CloudWatchLoggingOptions",
    "*.kms_key_arn": "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN",
    "*.retry_duration": "RetryOptions.DurationInSeconds",
    "*.data_format_conversion_configuration": "",
    "*.secrets_manager_configuration": "",
    "kinesis_source_configuration.kinesis_stream_arn": "KinesisStreamARN",
    "server_side_encryption": "",
}
_CREATE = {
    "destination": "",
    "kinesis_source_configuration": "KinesisStreamSourceConfiguration",
    "extended_s3_configuration": "ExtendedS3DestinationConfiguration",
    "opensearch_configuration": "AmazonopensearchserviceDestinationConfiguration",
    "*.s3_backup_configuration": "S3BackupConfiguration",
    "*.s3_configuration": "S3Configuration",
}
_TOLD = {
    "kinesis_source_configuration": "Source.KinesisStreamSourceDescription",
    "extended_s3_configuration": "Destinations.0.ExtendedS3DestinationDescription",
    "opensearch_configuration": "Destinations.0.AmazonopensearchserviceDestinationDescription",
    "*.s3_backup_configuration": "S3BackupDescription",
    "*.s3_configuration": "S3DestinationDescription",
    "destination_id": "Destinations.0.DestinationId",
    # The published provider reads every one of these too; only the two above are in use.
    "s3_configuration": "",
    "elasticsearch_configuration": "",
    "http_endpoint_configuration": "",
    "iceberg_configuration": "",
    "msk_source_configuration": "",
    "opensearchserverless_configuration": "",
    "redshift_configuration": "",
    "snowflake_configuration": "",
    "splunk_configuration": "",
}
_CHANGED = {
    "kinesis_source_configuration": "",
    "extended_s3_configuration": "ExtendedS3DestinationUpdate",
    "opensearch_configuration": "AmazonopensearchserviceDestinationUpdate",
    "*.s3_backup_configuration": "S3BackupUpdate",
    "*.s3_configuration": "S3Update",
}


def _destination(state: Attributes, answer: Mapping[str, Any]) -> None:
    found = answer["DeliveryStreamDescription"]["Destinations"][0]
    if "AmazonopensearchserviceDestinationDescription" in found:
        state["destination"] = "opensearch"
        state["extended_s3_configuration"] = []
    elif "ExtendedS3DestinationDescription" in found:
        state["destination"] = "extended_s3"
        state["opensearch_configuration"] = []


def _update(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    client = clients.get("firehose")
    shape = client.meta.service_model.operation_model("UpdateDestination").input_shape
    block = schema.load().resources[_TYPE].block
    binding = mapping.Binding({**_COMMON, **_CHANGED}, ("extended_s3_configuration", "opensearch_configuration"))
    told = client.describe_delivery_stream(DeliveryStreamName=state["name"])["DeliveryStreamDescription"]
    client.update_destination(
        **mapping.encode(block, state, shape, binding),
        DeliveryStreamName=state["name"],
        CurrentDeliveryStreamVersionId=told["VersionId"],
        DestinationId=told["Destinations"][0]["DestinationId"],
    )


_S3 = {
    "buffering_size": 5,
    "buffering_interval": 300,
    "compression_format": "UNCOMPRESSED",
}

TABLES = (
    Resource(
        type_name=_TYPE,
        service="firehose",
        create=Op(
            "CreateDeliveryStream",
            names=_CREATE,
            before=lambda params, state: params.update(
                DeliveryStreamType="KinesisStreamAsSource" if state["kinesis_source_configuration"] else "DirectPut"
            ),
            # A new role, or its policy, is not known to every service at once.
            retry=("InvalidArgumentException",),
        ),
        created={"arn": "DeliveryStreamARN"},
        reads=(Read(_DESCRIBE, result="DeliveryStreamDescription", names=_TOLD, after=_destination),),
        delete=Op("DeleteDeliveryStream", only=("name",)),
        identity="{arn}",
        names=_COMMON,
        changes=(Change(("extended_s3_configuration", "opensearch_configuration"), _update),),
        force_new=(
            "name",
            "destination",
            "kinesis_source_configuration",
            "opensearch_configuration.s3_backup_mode",
        ),
        defaults={
            **{f"extended_s3_configuration.{name}": value for name, value in _S3.items()},
            **{f"extended_s3_configuration.s3_backup_configuration.{name}": value for name, value in _S3.items()},
            **{f"opensearch_configuration.s3_configuration.{name}": value for name, value in _S3.items()},
            "extended_s3_configuration.s3_backup_mode": "Disabled",
            "extended_s3_configuration.custom_time_zone": "UTC",
            "opensearch_configuration.buffering_size": 5,
            "opensearch_configuration.buffering_interval": 300,
            "opensearch_configuration.retry_duration": 300,
            "opensearch_configuration.index_rotation_period": "OneDay",
            "opensearch_configuration.s3_backup_mode": "FailedDocumentsOnly",
        },
        volatile=("version_id",),
        silent=(
            "opensearch_configuration.document_id_options",
            "opensearch_configuration.processing_configuration",
            "extended_s3_configuration.dynamic_partitioning_configuration",
            "extended_s3_configuration.s3_backup_configuration",
        ),
        missing=("ResourceNotFoundException",),
        ready=Wait(_DESCRIBE, "DeliveryStreamDescription.DeliveryStreamStatus", ("ACTIVE",)),
        gone=Wait(_DESCRIBE, "DeliveryStreamDescription.DeliveryStreamStatus", ()),
        tags=Tags(
            tag=Op("TagDeliveryStream", only=("name",)),
            untag=Op("UntagDeliveryStream", only=("name",)),
            listing=Op("ListTagsForDeliveryStream", only=("name",)),
        ),
        importing=lambda arn: {"name": arn.rpartition("/")[2]},
    ),
)
