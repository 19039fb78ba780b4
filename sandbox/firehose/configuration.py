"""From what a caller configures to what Describe shows: AWS's defaults, rules and merges.

"Amazon Data Firehose API Reference": BufferingHints, UpdateDestination, ExtendedS3DestinationConfiguration and
AmazonopensearchserviceDestinationConfiguration. Members that do nothing locally (CloudWatch logging) are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.firehose.errors import InvalidArgumentError
from sandbox.firehose.prefixes import PrefixError, check

Settings = dict[str, Any]

S3 = "ExtendedS3DestinationDescription"
OPENSEARCH = "AmazonopensearchserviceDestinationDescription"
_S3_MEMBERS = (
    "RoleARN", "BucketARN", "Prefix", "ErrorOutputPrefix", "BufferingHints", "CompressionFormat",
    "EncryptionConfiguration", "CloudWatchLoggingOptions",
)  # fmt: skip
_FORMATS = ("UNCOMPRESSED", "GZIP")


def describe_s3(configuration: Mapping[str, Any]) -> Settings:
    """Return the ExtendedS3DestinationDescription of a configuration."""
    description = _s3_defaults() | {
        "ProcessingConfiguration": {"Enabled": False, "Processors": []},
        "S3BackupMode": "Disabled",
    }
    description |= _without(configuration, "S3BackupConfiguration")
    description["BufferingHints"] = _hints(configuration)
    if "S3BackupConfiguration" in configuration:
        description["S3BackupDescription"] = _plain_s3(configuration["S3BackupConfiguration"])
    check_s3(description)
    return description


def describe_opensearch(configuration: Mapping[str, Any], vpc_id: str | None) -> Settings:
    """Return the AmazonopensearchserviceDestinationDescription of a configuration."""
    description: Settings = {
        "IndexRotationPeriod": "OneDay",
        "RetryOptions": {"DurationInSeconds": 300},
        "S3BackupMode": "FailedDocumentsOnly",
        "ProcessingConfiguration": {"Enabled": False, "Processors": []},
        "CloudWatchLoggingOptions": {"Enabled": False},
        "DocumentIdOptions": {"DefaultDocumentIdFormat": "FIREHOSE_DEFAULT"},
    }
    description |= _without(configuration, "S3Configuration", "VpcConfiguration")
    description["RetryOptions"] = {"DurationInSeconds": 300} | description["RetryOptions"]
    description["BufferingHints"] = _hints(configuration)
    description["S3DestinationDescription"] = _plain_s3(configuration["S3Configuration"])
    if "VpcConfiguration" in configuration:
        description["VpcConfigurationDescription"] = dict(configuration["VpcConfiguration"]) | {"VpcId": vpc_id}
    check_opensearch(description)
    return description


def update_s3(current: Mapping[str, Any], update: Mapping[str, Any]) -> Settings:
    """Merge an S3 update: what is not given stays ("UpdateDestination")."""
    if current.get("S3BackupMode") == "Enabled" and update.get("S3BackupMode") == "Disabled":
        raise InvalidArgumentError("S3BackupMode cannot be changed from Enabled to Disabled.")
    merged = _merge(current, _without(update, "S3BackupUpdate"))
    if "S3BackupUpdate" in update:
        merged["S3BackupDescription"] = _merge(
            current.get("S3BackupDescription", _s3_defaults()), update["S3BackupUpdate"]
        )
    check_s3(merged)
    return merged


def update_opensearch(current: Mapping[str, Any], update: Mapping[str, Any]) -> Settings:
    """Merge an OpenSearch update; the one of DomainARN and ClusterEndpoint that is given replaces the other."""
    merged = _merge(current, _without(update, "S3Update"))
    if "DomainARN" in update and "ClusterEndpoint" not in update:
        merged.pop("ClusterEndpoint", None)
    if "ClusterEndpoint" in update and "DomainARN" not in update:
        merged.pop("DomainARN", None)
    if "S3Update" in update:
        merged["S3DestinationDescription"] = _merge(current["S3DestinationDescription"], update["S3Update"])
    check_opensearch(merged)
    return merged


def plain_s3_of(description: Mapping[str, Any]) -> Settings:
    """Return the S3DestinationDescription that AWS shows beside the extended one."""
    return {name: description[name] for name in _S3_MEMBERS if name in description}


def check_s3(description: Mapping[str, Any]) -> None:
    """Refuse what AWS refuses of an S3 destination, and, by name, what is not done locally."""
    _check_plain(description)
    _check_processors(description)
    if (description.get("DynamicPartitioningConfiguration") or {}).get("Enabled"):
        raise InvalidArgumentError("The local Firehose does not do DynamicPartitioningConfiguration.")
    if (conversion := description.get("DataFormatConversionConfiguration")) and conversion.get("Enabled", True):
        raise InvalidArgumentError("The local Firehose does not do DataFormatConversionConfiguration.")
    if description.get("S3BackupMode") == "Enabled" and "S3BackupDescription" not in description:
        raise InvalidArgumentError("S3BackupConfiguration must be specified when S3BackupMode is Enabled.")
    if "S3BackupDescription" in description:
        _check_plain(description["S3BackupDescription"], backup=True)
    zone(description.get("CustomTimeZone"))


def check_opensearch(description: Mapping[str, Any]) -> None:
    """Refuse what AWS refuses of an OpenSearch destination, and, by name, what is not done locally."""
    if ("DomainARN" in description) == ("ClusterEndpoint" in description):
        raise InvalidArgumentError("Specify exactly one of DomainARN and ClusterEndpoint.")
    if description["BufferingHints"]["SizeInMBs"] > 100:
        raise InvalidArgumentError("BufferingHints.SizeInMBs of OpenSearch Service must be from 1 to 100.")
    _check_processors(description)
    # Failed documents without an ErrorOutputPrefix go by the Prefix, so the pair rule of S3 does not hold here.
    _check_plain(description["S3DestinationDescription"], backup=True)


def _check_plain(description: Mapping[str, Any], *, backup: bool = False) -> None:
    compression = description["CompressionFormat"]
    if compression not in _FORMATS:
        raise InvalidArgumentError(
            f"The local Firehose does not do CompressionFormat {compression}, only {', '.join(_FORMATS)}."
        )
    prefix, error_prefix = description.get("Prefix"), description.get("ErrorOutputPrefix")
    try:
        check(prefix, error_prefix or ("!{firehose:error-output-type}/" if backup else None))
    except PrefixError as error:
        raise InvalidArgumentError(f"{error}.") from error


def _check_processors(description: Mapping[str, Any]) -> None:
    processing = description.get("ProcessingConfiguration") or {}
    if not processing.get("Enabled"):
        return
    for processor in processing.get("Processors", []):
        if processor["Type"] != "AppendDelimiterToRecord":
            raise InvalidArgumentError(
                f"The local Firehose does not do the processor {processor['Type']}, only AppendDelimiterToRecord."
            )
        for parameter in processor.get("Parameters", []):
            name, value = parameter["ParameterName"], parameter["ParameterValue"]
            if name != "Delimiter" or value != "\\n":
                raise InvalidArgumentError(f"AppendDelimiterToRecord takes the Delimiter \\n, not {name} {value!r}.")


def zone(name: str | None) -> tzinfo:
    """Return the time zone of prefixes and object names; UTC needs no time zone database."""
    if name in {None, "", "UTC"}:
        return UTC
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidArgumentError(f"CustomTimeZone {name} is not a supported time zone.") from error


def delimiter_of(description: Mapping[str, Any]) -> bytes:
    """Return what is appended to each record ("Processor": AppendDelimiterToRecord adds a new line)."""
    processing = description.get("ProcessingConfiguration") or {}
    return b"\n" if processing.get("Enabled") and processing.get("Processors") else b""


def _s3_defaults() -> Settings:
    return {
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
    }


def _plain_s3(configuration: Mapping[str, Any]) -> Settings:
    return _s3_defaults() | dict(configuration) | {"BufferingHints": _hints(configuration)}


def _hints(configuration: Mapping[str, Any]) -> dict[str, int]:
    given = configuration.get("BufferingHints") or {}
    if len(given) == 1:
        raise InvalidArgumentError("BufferingHints needs both SizeInMBs and IntervalInSeconds, or neither.")
    return {"SizeInMBs": 5, "IntervalInSeconds": 300} | given


def _merge(current: Mapping[str, Any], update: Mapping[str, Any]) -> Settings:
    merged = dict(current) | dict(update)
    for name in ("BufferingHints", "RetryOptions"):
        if name in update:
            merged[name] = dict(current.get(name, {})) | update[name]
    return merged


def _without(settings: Mapping[str, Any], *names: str) -> Settings:
    return {name: value for name, value in settings.items() if name not in names}
