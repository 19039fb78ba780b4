"""AWS services as callers: a key that is a service's own, and trust policies that name services.

MiniStack lets its root assume any role that trusts any service, and knows no `aws:SourceAccount`. Here each service has
a key that may assume roles and nothing else, and a trust policy is held to the service and the account it names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: What a service may do with its own key: become a role, and see which role a pod is to have.
_ALLOWED = (
    "sts:AssumeRole",
    "sts:TagSession",
    "eks:ListPodIdentityAssociations",
    "eks:DescribePodIdentityAssociation",
)
_MARK = ":federated-user/"
_SUFFIX = ".amazonaws.com"


def sessions_of(path: Path, account: str) -> dict[str, dict[str, Any]]:
    """The keys in the file as sessions that never run out, each under the name of its service."""
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": _ALLOWED, "Resource": "*"}}
    return {
        key["access_key_id"]: {
            "Arn": f"arn:aws:sts::{account}{_MARK}{principal}",
            "UserId": f"{account}:{principal}",
            "SecretAccessKey": key["secret_access_key"],
            "AccountId": account,
            "PrincipalType": "FederatedUser",
            "SessionPolicies": {"Policy": json.dumps(policy), "PolicyArns": []},
        }
        for principal, key in json.loads(path.read_text()).items()
    }


def service_of(arn: str) -> str:
    """The service that calls; empty when it is somebody else."""
    name = arn.rpartition(_MARK)[2]
    return name if _MARK in arn and name.endswith(_SUFFIX) else ""


def trusts(principal: object, service: str) -> bool:
    """Whether the principal of a trust policy's statement names the service."""
    named = principal.get("Service", []) if isinstance(principal, Mapping) else []
    return service in ([named] if isinstance(named, str) else named)
