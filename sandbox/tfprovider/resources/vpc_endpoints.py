"""What watches a network and what leads out of it without the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.resources.ec2_tags import TAGS
from sandbox.tfprovider.table import NOTHING, Change, Op, Params, Read, Resource, Wait
from sandbox.tfprovider.values import Attributes

_ONLY_ID = ("id",)
_ENDPOINT = Op("DescribeVpcEndpoints", names={"id": "VpcEndpointIds"}, only=_ONLY_ID)
_FLOW_LOG = Op("DescribeFlowLogs", names={"id": "FlowLogIds"}, only=_ONLY_ID)
#: Attributes of an endpoint that are changed by naming what to add and what to remove.
_SETS = {"route_table_ids": "RouteTableIds", "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds"}


def _endpoint(state: Attributes, answer: Mapping[str, Any]) -> None:
    found = answer["VpcEndpoints"][0]
    state["security_group_ids"] = [group["GroupId"] for group in found.get("Groups") or ()]
    state["dns_entry"] = [
        {"dns_name": entry.get("DnsName"), "hosted_zone_id": entry.get("HostedZoneId")}
        for entry in found.get("DnsEntries") or ()
    ]


def _prefix_list(state: Attributes, answer: Mapping[str, Any]) -> None:
    found: Mapping[str, Any] = next(iter(answer.get("PrefixLists") or ()), {})
    state["prefix_list_id"], state["cidr_blocks"] = found.get("PrefixListId"), found.get("Cidrs") or []


def _by_service(params: Params, state: Attributes) -> None:
    params["Filters"] = [{"Name": "prefix-list-name", "Values": [state["service_name"]]}]


def _modify(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client = clients.get("ec2")
    there = client.describe_vpc_endpoints(VpcEndpointIds=[state["id"]])["VpcEndpoints"][0]
    there["SecurityGroupIds"] = [group["GroupId"] for group in there.get("Groups") or ()]
    request: dict[str, Any] = {}
    for name, member in _SETS.items():
        before, after = set(there.get(member) or ()), set(state.get(name) or ())
        if after - before:
            request[f"Add{member}"] = sorted(after - before)
        if before - after:
            request[f"Remove{member}"] = sorted(before - after)
    if state.get("policy") and state["policy"] != prior.get("policy"):
        request["PolicyDocument"] = state["policy"]
    if state.get("private_dns_enabled") is not None:
        request["PrivateDnsEnabled"] = bool(state["private_dns_enabled"])
    client.modify_vpc_endpoint(VpcEndpointId=state["id"], **request)


def _what_is_watched(state: Attributes, answer: Mapping[str, Any]) -> None:
    """The answer names it without saying of which kind it is; its id does."""
    watched = str(answer["FlowLogs"][0].get("ResourceId") or "")
    for name, prefix in (("vpc_id", "vpc-"), ("subnet_id", "subnet-"), ("transit_gateway_id", "tgw-")):
        if watched:
            state[name] = watched if watched.startswith(prefix) else None


def _watched(params: Params, state: Attributes) -> None:
    kinds = {"vpc_id": "VPC", "subnet_id": "Subnet", "transit_gateway_id": "TransitGateway"}
    name = next(name for name in kinds if state.get(name))
    params |= {"ResourceIds": [state[name]], "ResourceType": kinds[name]}


# None of them can be changed: each goes into the request that makes the flow log.
_FLOW_LOG_SETTINGS = (
    "traffic_type",
    "log_destination_type",
    "log_destination",
    "log_format",
    "iam_role_arn",
    "max_aggregation_interval",
    "destination_options",
)

TABLES = (
    Resource(
        type_name="aws_vpc_endpoint",
        service="ec2",
        create=Op(
            "CreateVpcEndpoint",
            only=(
                "vpc_id",
                "service_name",
                "vpc_endpoint_type",
                "policy",
                "private_dns_enabled",
                "ip_address_type",
                *_SETS,
            ),
        ),
        created={"id": "VpcEndpoint.VpcEndpointId"},
        reads=(
            Read(
                _ENDPOINT,
                result="VpcEndpoints.0",
                names={"dns_entry": "", "dns_options": "", "tags": "", "security_group_ids": ""},
                after=_endpoint,
            ),
            Read(Op("DescribePrefixLists", only=NOTHING, before=_by_service), only=NOTHING, after=_prefix_list),
        ),
        ready=Wait(_ENDPOINT, "VpcEndpoints.0.State", ("available", "pendingAcceptance")),
        gone=Wait(_ENDPOINT, "VpcEndpoints.0.State", ("deleted",)),
        delete=Op("DeleteVpcEndpoints", names={"id": "VpcEndpointIds"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
        names={"policy": "PolicyDocument"},
        changes=(Change((*_SETS, "policy", "private_dns_enabled"), _modify),),
        force_new=("vpc_id", "service_name", "vpc_endpoint_type"),
        defaults={"vpc_endpoint_type": "Gateway"},
        json_attributes=("policy",),
        kept=("policy", "ip_address_type"),
        missing=("InvalidVpcEndpointId.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_flow_log",
        service="ec2",
        create=Op(
            "CreateFlowLogs",
            only=_FLOW_LOG_SETTINGS,
            before=_watched,
        ),
        created={"id": "FlowLogIds.0"},
        reads=(
            Read(
                _FLOW_LOG,
                result="FlowLogs.0",
                names={"tags": ""},
                after=_what_is_watched,
            ),
        ),
        delete=Op("DeleteFlowLogs", names={"id": "FlowLogIds"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}",
        names={"iam_role_arn": "DeliverLogsPermissionArn"},
        force_new=("vpc_id", "subnet_id", *_FLOW_LOG_SETTINGS),
        defaults={"log_destination_type": "cloud-watch-logs", "max_aggregation_interval": 600},
        kept=("iam_role_arn", "log_format", "max_aggregation_interval", "destination_options"),
        missing=("InvalidFlowLogId.NotFound",),
        tags=TAGS,
    ),
)
