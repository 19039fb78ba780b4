"""Security groups, and their rules as resources of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.resources.ec2_tags import TAGS
from sandbox.tfprovider.table import NOTHING, Change, Op, Params, Read, Resource
from sandbox.tfprovider.values import Attributes

_ONLY_ID = ("id",)
_ARN = "arn:{partition}:ec2:{region}:{account}:security-group/{id}"
_GROUP = Op("DescribeSecurityGroups", names={"id": "GroupIds"}, only=_ONLY_ID)
_GONE = ("InvalidGroup.NotFound", "InvalidGroupId.Malformed")
#: Attribute of a rule to the list of a permission and the member that names the other side in it.
_SIDES = {
    "cidr_blocks": ("IpRanges", "CidrIp"),
    "ipv6_cidr_blocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefix_list_ids": ("PrefixListIds", "PrefixListId"),
    "security_groups": ("UserIdGroupPairs", "GroupId"),
}


def rules(permissions: Sequence[Mapping[str, Any]], group: str) -> list[Attributes]:
    """Rules as Terraform has them: one a protocol, range of ports and description."""
    found: dict[tuple[Any, ...], Attributes] = {}
    for permission in permissions:
        span = (permission["IpProtocol"], permission.get("FromPort") or 0, permission.get("ToPort") or 0)
        if permission["IpProtocol"] == "-1":
            span = ("-1", 0, 0)
        for attribute, (member, key) in _SIDES.items():
            for side in permission.get(member) or ():
                text = side.get("Description") or ""
                empty: Attributes = {name: [] for name in _SIDES} | {"self": False, "description": text}
                rule = found.setdefault(
                    (*span, text), empty | dict(zip(("protocol", "from_port", "to_port"), span, strict=True))
                )
                if side[key] == group and attribute == "security_groups":
                    rule["self"] = True
                else:
                    rule[attribute].append(side[key])
    return list(found.values())


def same_rules(prior: Any, new: Any) -> bool:
    """Whether two sets of rules let the same through: the order of addresses means nothing."""
    return _canonical(prior) == _canonical(new)


def _canonical(every: list[Attributes]) -> list[str]:
    plain = [
        {name: sorted(value) if isinstance(value, list) and value else value or "" for name, value in rule.items()}
        for rule in every
    ]
    return sorted(json.dumps(rule, sort_keys=True) for rule in plain)


def permission(rule: Attributes, group: str) -> dict[str, Any]:
    """A rule as the API takes it."""
    permission: dict[str, Any] = {"IpProtocol": rule["protocol"]}
    if rule["protocol"] != "-1":
        permission |= {"FromPort": int(rule["from_port"]), "ToPort": int(rule["to_port"])}
    text = {"Description": rule["description"]} if rule.get("description") else {}
    for attribute, (member, key) in _SIDES.items():
        sides = list(rule.get(attribute) or ())
        if attribute == "security_groups" and rule.get("self"):
            sides.append(group)
        if sides:
            permission[member] = [{key: side, **text} for side in sides]
    return permission


def _rules(state: Attributes, answer: Mapping[str, Any]) -> None:
    group = answer["SecurityGroups"][0]
    state["ingress"] = rules(group.get("IpPermissions", []), state["id"])
    state["egress"] = rules(group.get("IpPermissionsEgress", []), state["id"])


def _set(clients: Clients, state: Attributes) -> None:
    """Make the rules those of the configuration; one that is silent about them has none, as on AWS."""
    client, group = clients.get("ec2"), state["id"]
    there = client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    for direction, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        before = [permission(rule, group) for rule in rules(there.get(member, []), group)]
        after = [permission(rule, group) for rule in state.get(direction) or ()]
        removed = [permission for permission in before if permission not in after]
        added = [permission for permission in after if permission not in before]
        if removed:
            getattr(client, f"revoke_security_group_{direction}")(GroupId=group, IpPermissions=removed)
        if added:
            getattr(client, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=added)


def _change(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    _set(clients, state)


def _find(clients: Clients, state: Attributes) -> None:
    wanted = [{"Name": "group-name", "Values": [state["name"]]}, {"Name": "vpc-id", "Values": [state["vpc_id"]]}]
    for group in clients.get("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"]:
        state["id"] = group["GroupId"]


def _default_of(params: Params, state: Attributes) -> None:
    params["Filters"] = [
        {"Name": "group-name", "Values": ["default"]},
        {"Name": "vpc-id", "Values": [state["vpc_id"]]},
    ]


_READS = (
    Read(
        _GROUP,
        result="SecurityGroups.0",
        names={"name": "GroupName"},
        only=("name", "description", "owner_id", "vpc_id"),
        after=_rules,
    ),
)


def _rule_as_permission(params: Params, state: Attributes) -> None:
    permission: dict[str, Any] = {"IpProtocol": state["ip_protocol"]}
    for name, member in (("from_port", "FromPort"), ("to_port", "ToPort")):
        if state.get(name) is not None:
            permission[member] = int(state[name])
    for name, (member, key) in zip(
        ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"), _SIDES.values(), strict=True
    ):
        if state.get(name):
            text = {"Description": state["description"]} if state.get("description") else {}
            permission[member] = [{key: state[name], **text}]
    params["IpPermissions"] = [permission]


def _changed_rule(params: Params, state: Attributes) -> None:
    rule: dict[str, Any] = {"IpProtocol": state["ip_protocol"]}
    for name, member in (
        ("from_port", "FromPort"),
        ("to_port", "ToPort"),
        ("cidr_ipv4", "CidrIpv4"),
        ("cidr_ipv6", "CidrIpv6"),
        ("prefix_list_id", "PrefixListId"),
        ("referenced_security_group_id", "ReferencedGroupId"),
        ("description", "Description"),
    ):
        if state.get(name) is not None:
            rule[member] = state[name] if isinstance(state[name], str) else int(state[name])
    params["SecurityGroupRules"] = [{"SecurityGroupRuleId": state["id"], "SecurityGroupRule": rule}]


def _every_port(state: Attributes, _answer: Mapping[str, Any]) -> None:
    if state["ip_protocol"] == "-1":
        state["from_port"] = state["to_port"] = None


def _rule(direction: str) -> Resource:
    return Resource(
        type_name=f"aws_vpc_security_group_{direction}_rule",
        service="ec2",
        create=Op(
            f"AuthorizeSecurityGroup{direction.title()}", only=("security_group_id",), before=_rule_as_permission
        ),
        created={"id": "SecurityGroupRules.0.SecurityGroupRuleId"},
        reads=(
            Read(
                Op("DescribeSecurityGroupRules", names={"id": "SecurityGroupRuleIds"}, only=_ONLY_ID),
                result="SecurityGroupRules.0",
                names={
                    "arn": "SecurityGroupRuleArn",
                    "referenced_security_group_id": "ReferencedGroupInfo.GroupId",
                    "tags": "",
                },
                after=_every_port,
            ),
        ),
        delete=Op(
            f"RevokeSecurityGroup{direction.title()}",
            names={"id": "SecurityGroupRuleIds"},
            only=("security_group_id", "id"),
        ),
        identity="{id}",
        names={"security_group_id": "GroupId"},
        changes=(
            Change(
                (
                    "ip_protocol",
                    "from_port",
                    "to_port",
                    "cidr_ipv4",
                    "cidr_ipv6",
                    "prefix_list_id",
                    "referenced_security_group_id",
                    "description",
                ),
                Op("ModifySecurityGroupRules", only=("security_group_id",), before=_changed_rule),
            ),
        ),
        force_new=("security_group_id",),
        missing=("InvalidSecurityGroupRuleId.NotFound", *_GONE),
        tags=TAGS,
    )


TABLES = (
    Resource(
        type_name="aws_security_group",
        service="ec2",
        create=Op("CreateSecurityGroup", only=("name", "description", "vpc_id")),
        created={"id": "GroupId"},
        after_create=_set,
        reads=_READS,
        delete=Op("DeleteSecurityGroup", names={"id": "GroupId"}, only=_ONLY_ID),
        identity="{id}",
        arn=_ARN,
        names={"name": "GroupName"},
        changes=(Change(("ingress", "egress"), _change),),
        force_new=("name", "description", "vpc_id"),
        defaults={"description": "Managed by Terraform", "revoke_rules_on_delete": False},
        same={"ingress": same_rules, "egress": same_rules},
        missing=_GONE,
        tags=TAGS,
        lookup=_find,
    ),
    Resource(
        type_name="aws_default_security_group",
        service="ec2",
        # It comes with its network and goes with it: what is created is the knowledge of it.
        create=Op("DescribeSecurityGroups", only=NOTHING, before=_default_of),
        created={"id": "SecurityGroups.0.GroupId"},
        after_create=_set,
        reads=_READS,
        delete=None,
        identity="{id}",
        arn=_ARN,
        changes=(Change(("ingress", "egress"), _change),),
        force_new=("vpc_id",),
        defaults={"revoke_rules_on_delete": False},
        same={"ingress": same_rules, "egress": same_rules},
        missing=_GONE,
        tags=TAGS,
    ),
    _rule("ingress"),
    _rule("egress"),
)
