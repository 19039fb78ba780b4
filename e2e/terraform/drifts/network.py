"""What is changed in the network."""

from __future__ import annotations

from typing import Any

from e2e.terraform.drifts.drift import Drift, State, tags_of
from e2e.terraform.emulator import Emulator


def _group(emulator: Emulator, state: State) -> Any:
    group = emulator.boto3("ec2").describe_security_groups(GroupIds=[state["id"]])["SecurityGroups"][0]
    return sorted(
        (p["IpProtocol"], p.get("FromPort"), p.get("ToPort"), sorted(r["CidrIp"] for r in p.get("IpRanges", [])))
        for p in group["IpPermissions"]
    )


def _open(emulator: Emulator, state: State) -> object:
    world = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return emulator.boto3("ec2").authorize_security_group_ingress(GroupId=state["id"], IpPermissions=[world])


def _rule(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("ec2").describe_security_group_rules(SecurityGroupRuleIds=[state["id"]])
    return [rule.get("Description") for rule in told["SecurityGroupRules"]]


def _describe_rule(emulator: Emulator, state: State) -> object:
    rule = {"IpProtocol": state["ip_protocol"], "Description": "changed"}
    sides = {"cidr_ipv4": "CidrIpv4", "referenced_security_group_id": "ReferencedGroupId"}
    rule |= {member: state[name] for name, member in sides.items() if state.get(name)}
    if state.get("from_port"):
        rule |= {"FromPort": state["from_port"], "ToPort": state["to_port"]}
    change = {"SecurityGroupRuleId": state["id"], "SecurityGroupRule": rule}
    return emulator.boto3("ec2").modify_security_group_rules(
        GroupId=state["security_group_id"], SecurityGroupRules=[change]
    )


def _routes(emulator: Emulator, state: State) -> Any:
    [table] = emulator.boto3("ec2").describe_route_tables(RouteTableIds=[state["route_table_id"]])["RouteTables"]
    return sorted((r.get("DestinationCidrBlock", ""), r.get("GatewayId", "")) for r in table["Routes"])


def _associations(emulator: Emulator, state: State) -> Any:
    [table] = emulator.boto3("ec2").describe_route_tables(RouteTableIds=[state["route_table_id"]])["RouteTables"]
    return sorted(a["SubnetId"] for a in table.get("Associations", []) if a.get("SubnetId"))


def _template(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("ec2").describe_launch_template_versions(LaunchTemplateId=state["id"], Versions=["$Latest"])
    return told["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("MetadataOptions", {}).get("HttpTokens")


DRIFTS = {
    "aws_vpc": Drift(
        lambda e, s: e.boto3("ec2").describe_vpc_attribute(VpcId=s["id"], Attribute="enableDnsHostnames")[
            "EnableDnsHostnames"
        ],
        lambda e, s: e.boto3("ec2").modify_vpc_attribute(
            VpcId=s["id"], EnableDnsHostnames={"Value": not s["enable_dns_hostnames"]}
        ),
    ),
    "aws_subnet": Drift(
        lambda e, s: e.boto3("ec2").describe_subnets(SubnetIds=[s["id"]])["Subnets"][0]["MapPublicIpOnLaunch"],
        lambda e, s: e.boto3("ec2").modify_subnet_attribute(SubnetId=s["id"], MapPublicIpOnLaunch={"Value": True}),
    ),
    "aws_internet_gateway": tags_of(),
    "aws_eip": tags_of(),
    "aws_nat_gateway": tags_of(),
    "aws_route_table": tags_of(),
    "aws_route": Drift(
        _routes,
        lambda e, s: e.boto3("ec2").delete_route(
            RouteTableId=s["route_table_id"], DestinationCidrBlock=s["destination_cidr_block"]
        ),
    ),
    "aws_route_table_association": Drift(
        _associations, lambda e, s: e.boto3("ec2").disassociate_route_table(AssociationId=s["id"])
    ),
    "aws_flow_log": tags_of(),
    "aws_vpc_endpoint": Drift(
        lambda e, s: sorted(
            e.boto3("ec2").describe_vpc_endpoints(VpcEndpointIds=[s["id"]])["VpcEndpoints"][0]["RouteTableIds"]
        ),
        lambda e, s: e.boto3("ec2").modify_vpc_endpoint(
            VpcEndpointId=s["id"], RemoveRouteTableIds=s["route_table_ids"][:1]
        ),
    ),
    "aws_default_security_group": Drift(_group, _open),
    "aws_security_group": Drift(_group, _open, which=lambda s: s["name"] == "cali-more"),
    "aws_vpc_security_group_ingress_rule": Drift(_rule, _describe_rule),
    "aws_vpc_security_group_egress_rule": Drift(_rule, _describe_rule),
    "aws_launch_template": Drift(
        _template,
        lambda e, s: e.boto3("ec2").create_launch_template_version(
            LaunchTemplateId=s["id"],
            SourceVersion="1",
            LaunchTemplateData={"MetadataOptions": {"HttpTokens": "optional"}},
        ),
    ),
}
