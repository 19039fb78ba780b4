"""What each role may do, read from IAM itself: its inline policies and the policies attached to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.iam.decisions import Decision

#: Every role of `terraform/` is called so.
_PREFIX = "cali-"
_AWS_OWN = ":iam::aws:policy/"


@dataclass(frozen=True)
class Grant:
    """One action that a policy allows.

    Attributes:
        role: The role.
        action: The action, or a pattern.
        resources: Patterns of the resources.
    """

    role: str
    action: str
    resources: tuple[str, ...]

    def covers(self, decision: Decision) -> bool:
        """Whether a decision was about this; objects are counted by their prefix, which a pattern may go beyond."""
        return (
            decision.role == self.role
            and fnmatchcase(decision.action.lower(), self.action.lower())
            and any(fnmatchcase(decision.resource, r) or fnmatchcase(r, decision.resource) for r in self.resources)
        )


@dataclass(frozen=True)
class Role:
    """One role.

    Attributes:
        name: Its name.
        grants: What its policies allow.
        managed: Policies of AWS's own that are attached to it.
    """

    name: str
    grants: tuple[Grant, ...]
    managed: tuple[str, ...]


def roles(iam: Any) -> list[Role]:
    """Every role of `terraform/`, by name."""
    names = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    return [_role(iam, name) for name in sorted(names) if name.startswith(_PREFIX)]


def _role(iam: Any, name: str) -> Role:
    documents = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    attached = [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    for arn in (arn for arn in attached if _AWS_OWN not in arn):
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    found = tuple(grant for document in documents for grant in of_document(name, document))
    return Role(name, found, tuple(arn.rpartition("/")[2] for arn in attached if _AWS_OWN in arn))


def of_document(role: str, document: Mapping[str, Any]) -> Iterator[Grant]:
    """What a policy allows, one action at a time; what it denies is no grant."""
    for statement in _list(document.get("Statement")):
        if statement.get("Effect") == "Allow":
            resources = tuple(_list(statement.get("Resource")))
            yield from (Grant(role, action, resources) for action in _list(statement.get("Action")))


def _list(value: Any) -> list[Any]:
    """IAM takes one for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]
