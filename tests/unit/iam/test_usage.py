from __future__ import annotations

from typing import Any

import pytest

from sandbox.iam import usage
from sandbox.iam.decisions import Decision
from sandbox.iam.grants import Grant, Role, of_document, roles

BUCKET = "arn:aws:s3:::cali-logs"


def role(*grants: tuple[str, str], name: str = "cali-firehose") -> Role:
    return Role(name, tuple(Grant(name, action, (resource,)) for action, resource in grants), ())


def states(of: Role, *decisions: Decision) -> dict[str, str]:
    [found] = usage.report([of], decisions)
    return {action.action: action.state for action in found.actions}


def test_what_was_allowed_is_used_and_what_was_not_called_is_unused() -> None:
    granted = role(("s3:PutObject", f"{BUCKET}/raw/*"), ("s3:ListBucket", BUCKET), ("es:ESHttpPost", "*"))
    seen = Decision("cali-firehose", "s3:PutObject", f"{BUCKET}/raw/*", allowed=3)
    assert states(granted, seen) == {
        "s3:PutObject": "used",
        "s3:ListBucket": "unused",
        "es:ESHttpPost": "not enforced",
    }


def test_another_roles_calls_and_other_resources_use_nothing() -> None:
    granted = role(("s3:PutObject", f"{BUCKET}/raw/*"))
    others = Decision("cali-consumer", "s3:PutObject", f"{BUCKET}/raw/*", allowed=1)
    elsewhere = Decision("cali-firehose", "s3:PutObject", f"{BUCKET}/rejected/*", allowed=1)
    assert states(granted, others, elsewhere) == {"s3:PutObject": "unused"}


def test_what_is_refused_and_not_granted_is_shown() -> None:
    lacking = Decision("cali-firehose", "kinesis:GetRecords", "*", denied=2, denied_at=5.0, denied_since=4.0)
    assert states(role(), lacking) == {"kinesis:GetRecords": "refused"}
    mended = Decision("cali-firehose", "kinesis:GetRecords", "*", denied=2, denied_at=5.0)
    assert states(role(), mended) == {}


@pytest.mark.parametrize("action", ["s3:*", "S3:PutObject", "s3:Put*"])
def test_actions_match_as_iam_matches_them(action: str) -> None:
    seen = Decision("cali-firehose", "s3:PutObject", f"{BUCKET}/raw/*", allowed=1)
    assert states(role((action, f"{BUCKET}/raw/dt=*/x")), seen) == {action: "used"}


def test_roles_that_parts_run_under_come_first() -> None:
    found = usage.report([role(name="cali-a"), role(name="cali-consumer")], [])
    assert [(use.role, use.part) for use in found] == [("cali-consumer", "consumer"), ("cali-a", "")]


def test_a_statement_may_hold_one_or_many_and_denials_are_no_grants() -> None:
    document: dict[str, Any] = {
        "Statement": [
            {"Effect": "Allow", "Action": "a:One", "Resource": "*"},
            {"Effect": "Allow", "Action": ["a:Two", "a:Three"], "Resource": ["x", "y"]},
            {"Effect": "Deny", "Action": "a:Four", "Resource": "*"},
        ]
    }
    assert list(of_document("r", document)) == [
        Grant("r", "a:One", ("*",)),
        Grant("r", "a:Two", ("x", "y")),
        Grant("r", "a:Three", ("x", "y")),
    ]


class Iam:
    """One role of `terraform/` with all kinds of policies, and one of somebody else."""

    def get_paginator(self, _operation: str) -> Iam:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"Roles": [{"RoleName": "cali-x"}]}, {"Roles": [{"RoleName": "other"}]}]

    def list_role_policies(self, RoleName: str) -> dict[str, Any]:  # noqa: N803  boto3's name
        assert RoleName == "cali-x"
        return {"PolicyNames": ["inline"]}

    def get_role_policy(self, **_of: str) -> dict[str, Any]:
        return {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "a:Inline", "Resource": "*"}}}

    def list_attached_role_policies(self, **_of: str) -> dict[str, Any]:
        arns = ("arn:aws:iam::1:policy/own", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in arns]}

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:  # noqa: N803  boto3's name
        assert PolicyArn.endswith("own")
        return {"Policy": {"DefaultVersionId": "v2"}}

    def get_policy_version(self, **of: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": f"a:{of['VersionId']}", "Resource": "*"}
        return {"PolicyVersion": {"Document": {"Statement": statement}}}


def test_grants_are_read_from_every_kind_of_policy() -> None:
    [found] = roles(Iam())
    assert [grant.action for grant in found.grants] == ["a:Inline", "a:v2"]
    assert found.managed == ("AmazonEKSClusterPolicy",)
