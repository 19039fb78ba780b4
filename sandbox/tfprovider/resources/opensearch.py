"""OpenSearch domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes

_DESCRIBE = Op("DescribeDomain", only=("domain_name",))
_OPTIONS = (
    "engine_version",
    "cluster_config",
    "ebs_options",
    "access_policies",
    "advanced_options",
    "advanced_security_options",
    "domain_endpoint_options",
    "encrypt_at_rest",
    "node_to_node_encryption",
    "vpc_options",
    "log_publishing_options",
)
#: Blocks that the service answers in another form than it takes: what stands in the state is what was asked.
_WRITE_ONLY = {
    "advanced_security_options.master_user_options": "",
    "auto_tune_options": "",
    "cognito_options": "",
    "log_publishing_options": "",
    "off_peak_window_options": "",
    "snapshot_options": "",
    "software_update_options": "",
    "vpc_options": "",
    "identity_center_options": "",
    "aiml_options": "",
}


def _logs(params: Params, state: Attributes) -> None:
    """Log publishing is a map by log type in the API."""
    params.pop("LogPublishingOptions", None)
    blocks = state.get("log_publishing_options") or ()
    if blocks:
        params["LogPublishingOptions"] = {
            block["log_type"]: {
                "CloudWatchLogsLogGroupArn": block["cloudwatch_log_group_arn"],
                "Enabled": block.get("enabled") is not False,
            }
            for block in blocks
        }


def _endpoint(state: Attributes, answer: Mapping[str, Any]) -> None:
    status = answer["DomainStatus"]
    endpoint = status.get("Endpoint")
    state["dashboard_endpoint"] = f"{endpoint}/_dashboards" if endpoint else None


TABLES = (
    Resource(
        type_name="aws_opensearch_domain",
        service="opensearch",
        create=Op("CreateDomain", before=_logs),
        reads=(Read(_DESCRIBE, result="DomainStatus", names=_WRITE_ONLY, after=_endpoint),),
        delete=Op("DeleteDomain", only=("domain_name",)),
        identity="{arn}",
        created={"arn": "DomainStatus.ARN"},
        names={
            "*.ebs_enabled": "EBSEnabled",
            "arn": "ARN",
            "encrypt_at_rest": "EncryptionAtRestOptions",
            "node_to_node_encryption": "NodeToNodeEncryptionOptions",
            "id": "",
        },
        changes=(Change(_OPTIONS, Op("UpdateDomainConfig", only=("domain_name", *_OPTIONS), before=_logs)),),
        force_new=("domain_name",),
        defaults={
            "cluster_config.instance_type": "m4.large.search",
            "cluster_config.instance_count": 1,
            "domain_endpoint_options.enforce_https": True,
            "log_publishing_options.enabled": True,
        },
        json_attributes=("access_policies",),
        missing=("ResourceNotFoundException",),
        ready=Wait(_DESCRIBE, "DomainStatus.Processing", ("False", "None")),
        gone=Wait(_DESCRIBE, "DomainStatus.Deleted", ()),
        tags=Tags(
            tag=Op("AddTags", names={"arn": "ARN"}, only=("arn",)),
            untag=Op("RemoveTags", names={"arn": "ARN"}, only=("arn",)),
            listing=Op("ListTags", names={"arn": "ARN"}, only=("arn",)),
            path="TagList",
        ),
        importing=lambda name: {"domain_name": name},
    ),
)
