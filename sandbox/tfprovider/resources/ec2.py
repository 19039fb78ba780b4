"""The network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.resources.ec2_tags import TAGS
from sandbox.tfprovider.table import NOTHING, Change, GoneError, Op, Read, Resource, Wait
from sandbox.tfprovider.values import Attributes

_ONLY_ID = ("id",)


def _dns(clients: Clients, prior: Attributes, state: Attributes) -> None:
    client = clients.get("ec2")
    for name, member in (("enable_dns_support", "EnableDnsSupport"), ("enable_dns_hostnames", "EnableDnsHostnames")):
        if state.get(name) is not None and state.get(name) != prior.get(name):
            client.modify_vpc_attribute(VpcId=state["id"], **{member: {"Value": bool(state[name])}})


def _dns_read(attribute: str, member: str) -> Read:
    def told(state: Attributes, answer: Mapping[str, Any]) -> None:
        state[attribute] = bool((answer.get(member) or {}).get("Value"))

    op = Op(
        "DescribeVpcAttribute",
        names={"id": "VpcId"},
        only=_ONLY_ID,
        extra={"Attribute": member[0].lower() + member[1:]},
    )
    return Read(op, only=NOTHING, after=told)


def _public_addresses(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    value = bool(state.get("map_public_ip_on_launch"))
    clients.get("ec2").modify_subnet_attribute(SubnetId=state["id"], MapPublicIpOnLaunch={"Value": value})


def _attach(clients: Clients, state: Attributes) -> None:
    if state.get("vpc_id"):
        clients.get("ec2").attach_internet_gateway(InternetGatewayId=state["id"], VpcId=state["vpc_id"])


def _detach(clients: Clients, state: Attributes) -> None:
    if state.get("vpc_id"):
        clients.get("ec2").detach_internet_gateway(InternetGatewayId=state["id"], VpcId=state["vpc_id"])


def _route(state: Attributes, answer: Mapping[str, Any]) -> None:
    wanted = state["destination_cidr_block"]
    routes = [route for table in answer["RouteTables"] for route in table["Routes"]]
    found = next((route for route in routes if route.get("DestinationCidrBlock") == wanted), None)
    if found is None:
        raise GoneError
    state["gateway_id"] = found.get("GatewayId")
    state["nat_gateway_id"] = found.get("NatGatewayId")
    state["state"], state["origin"] = found.get("State"), found.get("Origin")


def _association(state: Attributes, answer: Mapping[str, Any]) -> None:
    every = [
        (table["RouteTableId"], one.get("SubnetId"))
        for table in answer["RouteTables"]
        for one in table.get("Associations", ())
        if one.get("RouteTableAssociationId") == state["id"]
    ]
    if not every:
        raise GoneError
    state["route_table_id"], state["subnet_id"] = every[0]


def _find_association(clients: Clients, state: Attributes) -> None:
    tables = clients.get("ec2").describe_route_tables(RouteTableIds=[state["route_table_id"]])["RouteTables"]
    for one in (one for table in tables for one in table.get("Associations", ())):
        if one.get("SubnetId") == state["subnet_id"]:
            state["id"] = one["RouteTableAssociationId"]


_TABLES_OF_ASSOCIATION = Op(
    "DescribeRouteTables",
    only=NOTHING,
    before=lambda params, state: params.update(
        Filters=[{"Name": "association.route-table-association-id", "Values": [state["id"]]}]
    ),
)
_NAT = Op("DescribeNatGateways", names={"id": "NatGatewayIds"}, only=_ONLY_ID)

TABLES = (
    Resource(
        type_name="aws_vpc",
        service="ec2",
        create=Op("CreateVpc", only=("cidr_block", "instance_tenancy")),
        created={"id": "Vpc.VpcId"},
        reads=(
            Read(
                Op("DescribeVpcs", names={"id": "VpcIds"}, only=_ONLY_ID),
                result="Vpcs.0",
                only=("cidr_block", "instance_tenancy", "owner_id"),
            ),
            _dns_read("enable_dns_support", "EnableDnsSupport"),
            _dns_read("enable_dns_hostnames", "EnableDnsHostnames"),
        ),
        delete=Op("DeleteVpc", names={"id": "VpcId"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:vpc/{id}",
        changes=(Change(("enable_dns_support", "enable_dns_hostnames"), _dns),),
        force_new=("cidr_block",),
        defaults={"instance_tenancy": "default", "enable_dns_support": True},
        missing=("InvalidVpcID.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_subnet",
        service="ec2",
        create=Op("CreateSubnet", only=("vpc_id", "cidr_block", "availability_zone")),
        created={"id": "Subnet.SubnetId", "arn": "Subnet.SubnetArn"},
        reads=(
            Read(
                Op("DescribeSubnets", names={"id": "SubnetIds"}, only=_ONLY_ID),
                result="Subnets.0",
                names={"arn": "SubnetArn"},
                only=("arn", "vpc_id", "cidr_block", "availability_zone", "map_public_ip_on_launch", "owner_id"),
            ),
        ),
        delete=Op("DeleteSubnet", names={"id": "SubnetId"}, only=_ONLY_ID),
        identity="{id}",
        changes=(Change(("map_public_ip_on_launch",), _public_addresses),),
        force_new=("vpc_id", "cidr_block", "availability_zone"),
        defaults={"map_public_ip_on_launch": False},
        missing=("InvalidSubnetID.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_internet_gateway",
        service="ec2",
        create=Op("CreateInternetGateway", only=NOTHING),
        created={"id": "InternetGateway.InternetGatewayId"},
        after_create=_attach,
        reads=(
            Read(
                Op("DescribeInternetGateways", names={"id": "InternetGatewayIds"}, only=_ONLY_ID),
                result="InternetGateways.0",
                names={"vpc_id": "Attachments.0.VpcId"},
                only=("vpc_id", "owner_id"),
            ),
        ),
        before_delete=_detach,
        delete=Op("DeleteInternetGateway", names={"id": "InternetGatewayId"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}",
        force_new=("vpc_id",),
        missing=("InvalidInternetGatewayID.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_eip",
        service="ec2",
        create=Op("AllocateAddress", only=("domain",)),
        created={"id": "AllocationId"},
        reads=(
            Read(
                Op("DescribeAddresses", names={"id": "AllocationIds"}, only=_ONLY_ID),
                result="Addresses.0",
                only=("allocation_id", "public_ip", "domain"),
            ),
        ),
        delete=Op("ReleaseAddress", names={"id": "AllocationId"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
        force_new=("domain",),
        missing=("InvalidAllocationID.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_nat_gateway",
        service="ec2",
        create=Op("CreateNatGateway", only=("subnet_id", "allocation_id", "connectivity_type")),
        created={"id": "NatGateway.NatGatewayId"},
        reads=(
            Read(
                _NAT,
                result="NatGateways.0",
                names={"allocation_id": "NatGatewayAddresses.0.AllocationId"},
                only=("subnet_id", "allocation_id", "connectivity_type"),
            ),
        ),
        ready=Wait(_NAT, "NatGateways.0.State", ("available",)),
        gone=Wait(_NAT, "NatGateways.0.State", ("deleted",)),
        delete=Op("DeleteNatGateway", names={"id": "NatGatewayId"}, only=_ONLY_ID),
        identity="{id}",
        force_new=("subnet_id", "allocation_id", "connectivity_type"),
        defaults={"connectivity_type": "public"},
        kept=("allocation_id",),
        missing=("NatGatewayNotFound", "InvalidNatGatewayID.NotFound"),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_route_table",
        service="ec2",
        create=Op("CreateRouteTable", only=("vpc_id",)),
        created={"id": "RouteTable.RouteTableId"},
        reads=(
            Read(
                Op("DescribeRouteTables", names={"id": "RouteTableIds"}, only=_ONLY_ID),
                result="RouteTables.0",
                only=("vpc_id", "owner_id"),
            ),
        ),
        delete=Op("DeleteRouteTable", names={"id": "RouteTableId"}, only=_ONLY_ID),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{id}",
        force_new=("vpc_id",),
        missing=("InvalidRouteTableID.NotFound",),
        tags=TAGS,
    ),
    Resource(
        type_name="aws_route",
        service="ec2",
        create=Op("CreateRoute", only=("route_table_id", "destination_cidr_block", "gateway_id", "nat_gateway_id")),
        reads=(
            Read(
                Op("DescribeRouteTables", names={"route_table_id": "RouteTableIds"}, only=("route_table_id",)),
                only=NOTHING,
                after=_route,
            ),
        ),
        delete=Op("DeleteRoute", only=("route_table_id", "destination_cidr_block")),
        identity="{route_table_id}_{destination_cidr_block}",
        changes=(
            Change(
                ("gateway_id", "nat_gateway_id"),
                Op("ReplaceRoute", only=("route_table_id", "destination_cidr_block", "gateway_id", "nat_gateway_id")),
            ),
        ),
        force_new=("route_table_id", "destination_cidr_block"),
        missing=("InvalidRouteTableID.NotFound", "InvalidRoute.NotFound"),
    ),
    Resource(
        type_name="aws_route_table_association",
        service="ec2",
        create=Op("AssociateRouteTable", only=("subnet_id", "route_table_id")),
        created={"id": "AssociationId"},
        reads=(Read(_TABLES_OF_ASSOCIATION, only=NOTHING, after=_association),),
        delete=Op("DisassociateRouteTable", names={"id": "AssociationId"}, only=_ONLY_ID),
        identity="{id}",
        force_new=("subnet_id", "route_table_id", "gateway_id"),
        missing=("InvalidAssociationID.NotFound",),
        importing=lambda text: dict(zip(("subnet_id", "route_table_id"), text.split("/", 1), strict=True)),
        lookup=_find_association,
    ),
)
