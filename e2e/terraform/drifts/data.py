"""What is changed where logs are kept and moved."""

from __future__ import annotations

import json
from typing import Any

from e2e.terraform.drifts.drift import Drift, State
from e2e.terraform.emulator import Emulator


def _delivery(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("firehose").describe_delivery_stream(DeliveryStreamName=state["name"])
    return told["DeliveryStreamDescription"]


def _redirect(emulator: Emulator, state: State) -> object:
    told = _delivery(emulator, state)
    return emulator.boto3("firehose").update_destination(
        DeliveryStreamName=state["name"],
        CurrentDeliveryStreamVersionId=told["VersionId"],
        DestinationId=told["Destinations"][0]["DestinationId"],
        ExtendedS3DestinationUpdate={"Prefix": "elsewhere/"},
    )


def _streams(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("logs").describe_log_streams(logGroupName=state["log_group_name"])
    return sorted(stream["logStreamName"] for stream in told["logStreams"])


def _encryption(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("s3").get_bucket_encryption(Bucket=state["bucket"])
    rule = told["ServerSideEncryptionConfiguration"]["Rules"][0]
    return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def _encrypt_otherwise(emulator: Emulator, state: State) -> object:
    other = "AES256" if _encryption(emulator, state) == "aws:kms" else "aws:kms"
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": other}}]
    return emulator.boto3("s3").put_bucket_encryption(
        Bucket=state["bucket"], ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _allow_more(emulator: Emulator, state: State) -> object:
    document = json.loads(state["policy"])
    document["Statement"][0]["Sid"] = "Changed"
    return emulator.boto3("s3").put_bucket_policy(Bucket=state["bucket"], Policy=json.dumps(document))


def _expire(emulator: Emulator, state: State) -> object:
    rules = [{"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
    return emulator.boto3("s3").put_bucket_lifecycle_configuration(
        Bucket=state["bucket"], LifecycleConfiguration={"Rules": rules}
    )


def _expiry(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("s3").get_bucket_lifecycle_configuration(Bucket=state["bucket"])
    return [rule["Expiration"]["Days"] for rule in told["Rules"] if "Expiration" in rule]


def _policies(emulator: Emulator) -> Any:
    return emulator.boto3("logs").describe_resource_policies()["resourcePolicies"]


def _alarm(emulator: Emulator, state: State) -> Any:
    [alarm] = emulator.boto3("cloudwatch").describe_alarms(AlarmNames=[state["alarm_name"]])["MetricAlarms"]
    return alarm["Threshold"]


def _deafen(emulator: Emulator, state: State) -> object:
    return emulator.boto3("cloudwatch").put_metric_alarm(
        AlarmName=state["alarm_name"],
        Namespace=state["namespace"],
        MetricName=state["metric_name"],
        Statistic=state["statistic"],
        ComparisonOperator=state["comparison_operator"],
        Period=state["period"],
        EvaluationPeriods=state["evaluation_periods"],
        Threshold=1e9,
    )


_PUBLIC = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False)

DRIFTS = {
    "aws_kinesis_stream": Drift(
        lambda e, s: e.boto3("kinesis").describe_stream_summary(StreamName=s["name"])["StreamDescriptionSummary"][
            "RetentionPeriodHours"
        ],
        lambda e, s: e.boto3("kinesis").increase_stream_retention_period(StreamName=s["name"], RetentionPeriodHours=72),
    ),
    "aws_kinesis_firehose_delivery_stream": Drift(
        lambda e, s: _delivery(e, s)["Destinations"][0]["ExtendedS3DestinationDescription"]["Prefix"],
        _redirect,
        which=lambda s: bool(s["destination"] == "extended_s3"),
    ),
    "aws_cloudwatch_log_group": Drift(
        lambda e, s: (
            e.boto3("logs").describe_log_groups(logGroupNamePrefix=s["name"])["logGroups"][0].get("retentionInDays")
        ),
        lambda e, s: e.boto3("logs").put_retention_policy(logGroupName=s["name"], retentionInDays=1),
    ),
    "aws_cloudwatch_log_resource_policy": Drift(
        lambda e, s: {p["policyName"]: p["policyDocument"] for p in _policies(e)}.get(s["policy_name"]),
        lambda e, s: e.boto3("logs").put_resource_policy(
            policyName=s["policy_name"], policyDocument=s["policy_document"].replace("ListBucket", "DeleteBucket")
        ),
    ),
    "aws_cloudwatch_metric_alarm": Drift(_alarm, _deafen),
    "aws_cloudwatch_log_stream": Drift(
        _streams,
        lambda e, s: e.boto3("logs").delete_log_stream(logGroupName=s["log_group_name"], logStreamName=s["name"]),
    ),
    "aws_s3_bucket": Drift(
        lambda e, s: sorted(
            (tag["Key"], tag["Value"]) for tag in e.boto3("s3").get_bucket_tagging(Bucket=s["bucket"])["TagSet"]
        ),
        lambda e, s: e.boto3("s3").put_bucket_tagging(
            Bucket=s["bucket"], Tagging={"TagSet": [{"Key": "Project", "Value": "somebody else's"}]}
        ),
    ),
    "aws_s3_bucket_versioning": Drift(
        lambda e, s: e.boto3("s3").get_bucket_versioning(Bucket=s["bucket"])["Status"],
        lambda e, s: e.boto3("s3").put_bucket_versioning(
            Bucket=s["bucket"], VersioningConfiguration={"Status": "Suspended"}
        ),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Drift(_encryption, _encrypt_otherwise),
    "aws_s3_bucket_public_access_block": Drift(
        lambda e, s: e.boto3("s3").get_public_access_block(Bucket=s["bucket"])["PublicAccessBlockConfiguration"],
        lambda e, s: e.boto3("s3").put_public_access_block(Bucket=s["bucket"], PublicAccessBlockConfiguration=_PUBLIC),
    ),
    "aws_s3_bucket_policy": Drift(
        lambda e, s: json.loads(e.boto3("s3").get_bucket_policy(Bucket=s["bucket"])["Policy"]), _allow_more
    ),
    "aws_s3_bucket_lifecycle_configuration": Drift(_expiry, _expire),
    "aws_s3_bucket_ownership_controls": Drift(
        lambda e, s: e.boto3("s3").get_bucket_ownership_controls(Bucket=s["bucket"])["OwnershipControls"]["Rules"],
        lambda e, s: e.boto3("s3").put_bucket_ownership_controls(
            Bucket=s["bucket"], OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
    ),
    "aws_opensearch_domain": Drift(
        lambda e, s: e.boto3("opensearch").describe_domain(DomainName=s["domain_name"])["DomainStatus"]["EBSOptions"][
            "VolumeSize"
        ],
        lambda e, s: e.boto3("opensearch").update_domain_config(
            DomainName=s["domain_name"], EBSOptions={"EBSEnabled": True, "VolumeType": "gp3", "VolumeSize": 77}
        ),
    ),
    "aws_dynamodb_table": Drift(
        lambda e, s: e.boto3("dynamodb").describe_continuous_backups(TableName=s["name"])[
            "ContinuousBackupsDescription"
        ]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        lambda e, s: e.boto3("dynamodb").update_continuous_backups(
            TableName=s["name"], PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
        ),
    ),
    "aws_ecr_repository": Drift(
        lambda e, s: e.boto3("ecr").describe_repositories(repositoryNames=[s["name"]])["repositories"][0][
            "imageTagMutability"
        ],
        lambda e, s: e.boto3("ecr").put_image_tag_mutability(repositoryName=s["name"], imageTagMutability="MUTABLE"),
    ),
    "aws_ecr_lifecycle_policy": Drift(
        lambda e, s: json.loads(
            e.boto3("ecr").get_lifecycle_policy(repositoryName=s["repository"])["lifecyclePolicyText"]
        ),
        lambda e, s: e.boto3("ecr").put_lifecycle_policy(
            repositoryName=s["repository"],
            lifecyclePolicyText=s["policy"].replace("imageCountMoreThan", "sinceImagePushed"),
        ),
    ),
}
