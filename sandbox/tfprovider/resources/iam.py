"""Roles and their policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import NOTHING, Change, GoneError, Op, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_GONE = ("NoSuchEntity", "NoSuchEntityException")
_TRUST = "assume_role_policy"


def text_of(document: Any) -> str:
    """A policy as text: boto3 has parsed it into a dict, or it is still URL-encoded."""
    return json.dumps(document) if isinstance(document, dict) else unquote(str(document))


def _trust(state: Attributes, answer: Mapping[str, Any]) -> None:
    state[_TRUST] = text_of(answer["Role"].get("AssumeRolePolicyDocument", ""))


def _inline(state: Attributes, answer: Mapping[str, Any]) -> None:
    state["policy"] = text_of(answer.get("PolicyDocument", ""))


def _detach_all(clients: Clients, state: Attributes) -> None:
    """A role can be deleted only when nothing hangs on it any more."""
    if not state.get("force_detach_policies"):
        return
    client, role = clients.get("iam"), state["name"]
    for policy in client.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        client.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    for name in client.list_role_policies(RoleName=role)["PolicyNames"]:
        client.delete_role_policy(RoleName=role, PolicyName=name)


def _attachment(state: Attributes, answer: Mapping[str, Any]) -> None:
    if state["policy_arn"] not in {policy["PolicyArn"] for policy in answer["AttachedPolicies"]}:
        raise GoneError


_ROLE_NAMES = {
    "name": "RoleName",
    "assume_role_policy": "AssumeRolePolicyDocument",
    "permissions_boundary": "PermissionsBoundary",
}

TABLES = (
    Resource(
        type_name="aws_iam_role",
        service="iam",
        create=Op("CreateRole", names=_ROLE_NAMES),
        reads=(
            Read(
                Op("GetRole", names={"name": "RoleName"}, only=("name",)),
                result="Role",
                names={
                    **_ROLE_NAMES,
                    "assume_role_policy": "",
                    "inline_policy": "",
                    "unique_id": "RoleId",
                    "permissions_boundary": "PermissionsBoundary.PermissionsBoundaryArn",
                },
                after=_trust,
            ),
        ),
        delete=Op("DeleteRole", names={"name": "RoleName"}, only=("name",)),
        before_delete=_detach_all,
        identity="{name}",
        changes=(
            Change(
                (_TRUST,),
                Op("UpdateAssumeRolePolicy", names={"name": "RoleName", _TRUST: "PolicyDocument"}),
            ),
            Change(("description", "max_session_duration"), Op("UpdateRole", names={"name": "RoleName"})),
            Change(("permissions_boundary",), Op("PutRolePermissionsBoundary", names={"name": "RoleName"})),
        ),
        force_new=("name", "name_prefix", "path"),
        defaults={"path": "/", "max_session_duration": 3600, "force_detach_policies": False},
        json_attributes=(_TRUST,),
        missing=_GONE,
        tags=Tags(
            tag=Op("TagRole", names={"name": "RoleName"}, only=("name",)),
            untag=Op("UntagRole", names={"name": "RoleName"}, only=("name",)),
            listing=Op("ListRoleTags", names={"name": "RoleName"}, only=("name",)),
        ),
        importing=lambda name: {"name": name},
    ),
    Resource(
        type_name="aws_iam_role_policy",
        service="iam",
        create=Op("PutRolePolicy"),
        reads=(Read(Op("GetRolePolicy"), after=_inline, only=("name",)),),
        delete=Op("DeleteRolePolicy"),
        identity="{role}:{name}",
        names={"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
        changes=(Change(("policy",), Op("PutRolePolicy")),),
        force_new=("name", "name_prefix", "role"),
        json_attributes=("policy",),
        missing=_GONE,
    ),
    Resource(
        type_name="aws_iam_role_policy_attachment",
        service="iam",
        create=Op("AttachRolePolicy"),
        reads=(Read(Op("ListAttachedRolePolicies", only=("role",)), only=NOTHING, after=_attachment),),
        delete=Op("DetachRolePolicy"),
        identity="{role}/{policy_arn}",
        names={"role": "RoleName", "policy_arn": "PolicyArn"},
        force_new=("role", "policy_arn"),
        missing=_GONE,
        importing=lambda text: dict(zip(("role", "policy_arn"), text.split("/", 1), strict=True)),
    ),
)
