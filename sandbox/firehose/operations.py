"""The operations of the Firehose API ("Amazon Data Firehose API Reference", Actions)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.firehose import configuration
from sandbox.firehose.configuration import OPENSEARCH, S3
from sandbox.firehose.errors import (
    ConcurrentModificationError,
    InvalidArgumentError,
    LimitExceededError,
    ResourceInUseError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from sandbox.firehose.manager import Manager

Request = dict[str, Any]

MAX_STREAMS = 50  # "Amazon Data Firehose Quota"
MAX_TAGS = 50
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_JOURNAL_BYTES = 256 * 1024 * 1024  # ours: what Direct PUT may leave undelivered on this disk
_DESTINATION_ID = "destinationId-000000000001"
_SUFFIX = "DestinationConfiguration"


class Operations:
    """Answers requests that are already validated against the model."""

    def __init__(self, manager: Manager, vpc_of: Callable[[str, Mapping[str, Any]], str | None]) -> None:
        self._manager = manager
        self._vpc_of = vpc_of

    def call(self, operation: str, request: Request, region: str) -> dict[str, Any]:
        """Run one operation by its name in the model."""
        if operation == "CreateDeliveryStream":
            return self._create(request, region)
        handler: Callable[[Request], dict[str, Any]] = {
            "DescribeDeliveryStream": self._describe,
            "DeleteDeliveryStream": self._delete,
            "ListDeliveryStreams": self._list,
            "UpdateDestination": self._update,
            "TagDeliveryStream": self._tag,
            "UntagDeliveryStream": self._untag,
            "ListTagsForDeliveryStream": self._list_tags,
            "PutRecord": self._put_record,
            "PutRecordBatch": self._put_batch,
            "StartDeliveryStreamEncryption": self._start_encryption,
            "StopDeliveryStreamEncryption": self._stop_encryption,
        }[operation]
        return handler(request)

    def _create(self, request: Request, region: str) -> dict[str, Any]:
        name = request["DeliveryStreamName"]
        with self._manager.changing:
            if name in self._manager.definitions():
                raise ResourceInUseError(f"Firehose {name} already exists")
            if len(self._manager.definitions()) >= MAX_STREAMS:
                raise LimitExceededError(f"You have already consumed your delivery stream quota of {MAX_STREAMS}.")
            definition = self._define(request, region)
            self._manager.add(definition)
        return {"DeliveryStreamARN": definition["DeliveryStreamARN"]}

    def _define(self, request: Request, region: str) -> dict[str, Any]:
        now = round(time.time(), 3)
        kind, source = _source(request, now)
        destination = self._new_destination(request, region)
        settings = destination.get(OPENSEARCH) or destination[S3]
        _, partition, _, _, account, _ = settings["RoleARN"].split(":", 5)
        name = request["DeliveryStreamName"]
        tags = {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", [])}
        definition = {
            "Uid": uuid.uuid4().hex,
            "DeliveryStreamName": name,
            "DeliveryStreamARN": f"arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": kind,
            "VersionId": "1",
            "CreateTimestamp": now,
            "Destinations": [destination],
            "HasMoreDestinations": False,
            "DeliveryStreamEncryptionConfiguration": {"Status": "DISABLED"},
            "Tags": tags,
        }
        if source:
            definition["Source"] = source
        encryption = request.get("DeliveryStreamEncryptionConfigurationInput")
        if encryption:
            _require_direct_put(definition)
            definition["DeliveryStreamEncryptionConfiguration"] = _encryption(encryption)
        return definition

    def _new_destination(self, request: Request, region: str) -> dict[str, Any]:
        given = [name for name in request if name.endswith(_SUFFIX)]
        if len(given) != 1:
            raise InvalidArgumentError(
                f"Exactly one destination configuration is required, not {', '.join(given) or 'none'}."
            )
        settings = request[given[0]]
        if given[0] in {"ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"}:
            return _shown_s3(configuration.describe_s3(settings))
        if given[0] == "AmazonopensearchserviceDestinationConfiguration":
            vpc = settings.get("VpcConfiguration")
            vpc_id = self._vpc_of(region, vpc) if vpc else None
            return {"DestinationId": _DESTINATION_ID, OPENSEARCH: configuration.describe_opensearch(settings, vpc_id)}
        raise InvalidArgumentError(f"The local Firehose does not do {given[0]}, only S3 and Amazonopensearchservice.")

    def _describe(self, request: Request) -> dict[str, Any]:
        definition = self._get(request)
        shown = {name: value for name, value in definition.items() if name not in {"Uid", "Tags"}}
        if request.get("ExclusiveStartDestinationId", "") >= _DESTINATION_ID:
            shown["Destinations"] = []
        return {"DeliveryStreamDescription": shown}

    def _delete(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            self._manager.remove(self._get(request))
        return {}

    def _list(self, request: Request) -> dict[str, Any]:
        start, kind = request.get("ExclusiveStartDeliveryStreamName", ""), request.get("DeliveryStreamType")
        names = [
            name
            for name, definition in sorted(self._manager.definitions().items())
            if name > start and kind in {None, definition["DeliveryStreamType"]}
        ]
        limit = request.get("Limit", 10)
        return {"DeliveryStreamNames": names[:limit], "HasMoreDeliveryStreams": len(names) > limit}

    def _update(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            definition = self._get(request)
            if request["CurrentDeliveryStreamVersionId"] != definition["VersionId"]:
                raise ConcurrentModificationError(
                    f"Cannot update firehose: {definition['DeliveryStreamName']} since the current version id: "
                    f"{definition['VersionId']} and specified version id: "
                    f"{request['CurrentDeliveryStreamVersionId']} do not match"
                )
            if request["DestinationId"] != _DESTINATION_ID:
                raise InvalidArgumentError(f"Destination Id {request['DestinationId']} not found")
            destination = _updated(definition["Destinations"][0], request)
            version = str(int(definition["VersionId"]) + 1)
            self._manager.replace(
                definition
                | {"Destinations": [destination], "VersionId": version, "LastUpdateTimestamp": round(time.time(), 3)}
            )
        return {}

    def _tag(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            definition = self._get(request)
            tags = definition["Tags"] | {tag["Key"]: tag.get("Value", "") for tag in request["Tags"]}
            if len(tags) > MAX_TAGS:
                raise LimitExceededError(f"A delivery stream has at most {MAX_TAGS} tags.")
            self._manager.replace(definition | {"Tags": tags})
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            definition = self._get(request)
            tags = {key: value for key, value in definition["Tags"].items() if key not in request["TagKeys"]}
            self._manager.replace(definition | {"Tags": tags})
        return {}

    def _list_tags(self, request: Request) -> dict[str, Any]:
        tags = self._get(request)["Tags"]
        keys = [key for key in sorted(tags) if key > request.get("ExclusiveStartTagKey", "")]
        limit = request.get("Limit", MAX_TAGS)
        return {"Tags": [{"Key": key, "Value": tags[key]} for key in keys[:limit]], "HasMoreTags": len(keys) > limit}

    def _put_record(self, request: Request) -> dict[str, Any]:
        definition = self._writable(request)
        return {
            "RecordId": self._append(definition, [request["Record"]["Data"]])[0],
            "Encrypted": _encrypted(definition),
        }

    def _put_batch(self, request: Request) -> dict[str, Any]:
        definition = self._writable(request)
        items = [record["Data"] for record in request["Records"]]
        if sum(map(len, items)) > MAX_BATCH_BYTES:
            raise InvalidArgumentError("Records size exceeds 4 MB limit")
        responses = [{"RecordId": record_id} for record_id in self._append(definition, items)]
        return {"FailedPutCount": 0, "Encrypted": _encrypted(definition), "RequestResponses": responses}

    def _writable(self, request: Request) -> dict[str, Any]:
        definition = self._get(request)
        if definition["DeliveryStreamType"] != "DirectPut":
            raise InvalidArgumentError(
                f"This operation is not permitted on {definition['DeliveryStreamType']} delivery stream type."
            )
        return definition

    def _append(self, definition: Mapping[str, Any], items: list[bytes]) -> list[str]:
        if self._manager.store.journal_bytes(definition["Uid"]) > MAX_JOURNAL_BYTES:
            raise ServiceUnavailableError("Slow down: the destination does not take what is already here.")
        ids = self._manager.store.append(definition["Uid"], time.time(), items)
        self._manager.appended(definition["DeliveryStreamName"])
        return [f"{definition['Uid']}{id_:020d}" for id_ in ids]

    def _start_encryption(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            definition = self._get(request)
            _require_direct_put(definition)
            given = request.get("DeliveryStreamEncryptionConfigurationInput", {"KeyType": "AWS_OWNED_CMK"})
            self._manager.replace(definition | {"DeliveryStreamEncryptionConfiguration": _encryption(given)})
        return {}

    def _stop_encryption(self, request: Request) -> dict[str, Any]:
        with self._manager.changing:
            definition = self._get(request)
            _require_direct_put(definition)
            self._manager.replace(definition | {"DeliveryStreamEncryptionConfiguration": {"Status": "DISABLED"}})
        return {}

    def _get(self, request: Request) -> dict[str, Any]:
        name = request["DeliveryStreamName"]
        definition = self._manager.definitions().get(name)
        if definition is None:
            raise ResourceNotFoundError(f"Firehose {name} under account not found.")
        return definition


def _source(request: Request, now: float) -> tuple[str, dict[str, Any] | None]:
    kind = request.get("DeliveryStreamType", "DirectPut")
    if kind == "KinesisStreamAsSource":
        if "KinesisStreamSourceConfiguration" not in request:
            raise InvalidArgumentError("KinesisStreamSourceConfiguration is required for KinesisStreamAsSource.")
        described = request["KinesisStreamSourceConfiguration"] | {"DeliveryStartTimestamp": now}
        return kind, {"KinesisStreamSourceDescription": described}
    if kind != "DirectPut":
        raise InvalidArgumentError(f"The local Firehose does not do {kind}, only DirectPut and KinesisStreamAsSource.")
    if "KinesisStreamSourceConfiguration" in request:
        raise InvalidArgumentError("KinesisStreamSourceConfiguration is only for KinesisStreamAsSource.")
    hint = request.get("DirectPutSourceConfiguration")
    return kind, {"DirectPutSourceDescription": hint} if hint else None


def _updated(destination: Mapping[str, Any], request: Request) -> dict[str, Any]:
    s3 = request.get("ExtendedS3DestinationUpdate") or request.get("S3DestinationUpdate")
    opensearch = request.get("AmazonopensearchserviceDestinationUpdate")
    if s3 is not None and S3 in destination:
        return _shown_s3(configuration.update_s3(destination[S3], s3))
    if opensearch is not None and OPENSEARCH in destination:
        return dict(destination) | {OPENSEARCH: configuration.update_opensearch(destination[OPENSEARCH], opensearch)}
    raise InvalidArgumentError("The update must be of the destination's own type.")


def _shown_s3(description: dict[str, Any]) -> dict[str, Any]:
    return {
        "DestinationId": _DESTINATION_ID,
        S3: description,
        "S3DestinationDescription": configuration.plain_s3_of(description),
    }


def _encryption(given: Mapping[str, Any]) -> dict[str, Any]:
    if (given["KeyType"] == "CUSTOMER_MANAGED_CMK") != ("KeyARN" in given):
        raise InvalidArgumentError("KeyARN is required for CUSTOMER_MANAGED_CMK, and only for it.")
    return {**given, "Status": "ENABLED"}


def _encrypted(definition: Mapping[str, Any]) -> bool:
    return bool(definition["DeliveryStreamEncryptionConfiguration"]["Status"] == "ENABLED")


def _require_direct_put(definition: Mapping[str, Any]) -> None:
    if definition["DeliveryStreamType"] != "DirectPut":
        raise InvalidArgumentError(
            "Server-side encryption of a delivery stream is only for DirectPut; encrypt the source stream."
        )
