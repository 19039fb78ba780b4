"""What each role may do beside what it did: used, unused, refused, or nothing that an emulator decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

from sandbox.iam.decisions import Decision
from sandbox.iam.grants import Grant, Role

State = Literal["used", "unused", "refused", "not enforced"]

#: The roles that parts of the sandbox run under, and the parts.
RUN_AS = {
    "cali-consumer": "consumer",
    "cali-firehose": "firehose",
    "cali-fluent-bit": "shipper",
    "cali-log-generator": "log-generator",
}

#: Actions that no emulator decides, and why.
NOT_ENFORCED = {
    "es:ESHttp*": "documents go to the OpenSearch node itself, which lacks the security plugin",
    "kms:*": "the emulator encrypts without asking KMS",
    "ec2:*NetworkInterface*": "nothing here has a network interface in a VPC",
}

#: Granted for what the service on AWS does and its stand-in here does not.
_ONLY_ON_AWS = {
    ("cali-firehose", "es:Describe*"): "AWS asks more of the domain than the local Firehose does",
    ("cali-firehose", "s3:AbortMultipartUpload"): "the local Firehose uploads in one piece",
    ("cali-firehose", "s3:Get*"): "in AWS's list for a Firehose role; the local one only writes",
    ("cali-firehose", "s3:List*"): "in AWS's list for a Firehose role; the local one only writes",
    ("cali-firehose", "logs:*"): "the local Firehose logs to its own file",
}


@dataclass(frozen=True)
class ActionUse:
    """One granted, or refused, action of a role.

    Attributes:
        action: The action, or the granted pattern.
        resources: On what.
        state: `used`, `unused`, `refused`, or `not enforced`.
        allowed, denied: How often the emulator decided so.
        at: When last, RFC 3339; empty when never.
        reason: Why it is unused or not enforced, where that is known.
    """

    action: str
    resources: list[str]
    state: State
    allowed: int
    denied: int
    at: str
    reason: str


@dataclass(frozen=True)
class RoleUse:
    """One role.

    Attributes:
        role: Its name.
        part: The part of the sandbox that runs under it; empty when none does.
        managed: Policies of AWS's own attached to it; what they allow is not listed.
        actions: Its actions.
    """

    role: str
    part: str
    managed: list[str]
    actions: list[ActionUse]


def report(roles: Iterable[Role], decisions: Sequence[Decision]) -> list[RoleUse]:
    """Every role with its actions; the roles that parts run under first."""
    found = [_role(role, [decision for decision in decisions if decision.role == role.name]) for role in roles]
    return sorted(found, key=lambda use: (not use.part, use.role))


def as_json(found: Sequence[RoleUse], *, enforced: bool) -> dict[str, Any]:
    """The report as JSON values."""
    return {"enforced": enforced, "roles": [asdict(use) for use in found], "not_enforced": NOT_ENFORCED}


def _role(role: Role, decisions: Sequence[Decision]) -> RoleUse:
    actions = [_granted(grant, decisions) for grant in role.grants]
    # A refusal of what is granted on other resources, or not at all.
    lacking = [d for d in decisions if d.denied_since and not any(grant.covers(d) for grant in role.grants)]
    actions += [_use(d.action, [d.resource], "refused", [d]) for d in lacking]
    return RoleUse(role.name, RUN_AS.get(role.name, ""), list(role.managed), actions)


def _granted(grant: Grant, decisions: Sequence[Decision]) -> ActionUse:
    mine = [decision for decision in decisions if grant.covers(decision)]
    resources = list(grant.resources)
    if any(decision.allowed for decision in mine):
        return _use(grant.action, resources, "used", mine)
    if why := _matching(NOT_ENFORCED, grant.action):
        return _use(grant.action, resources, "not enforced", mine, why)
    if grant.role not in RUN_AS:
        return _use(grant.action, resources, "unused", mine, "no part runs under the role")
    own = {action: reason for (role, action), reason in _ONLY_ON_AWS.items() if role == grant.role}
    return _use(grant.action, resources, "unused", mine, _matching(own, grant.action))


def _use(action: str, resources: list[str], state: State, decisions: Sequence[Decision], reason: str = "") -> ActionUse:
    latest = max((max(d.allowed_at, d.denied_at) for d in decisions), default=0.0)
    at = datetime.fromtimestamp(latest, UTC).isoformat(timespec="seconds") if latest else ""
    allowed, denied = sum(d.allowed for d in decisions), sum(d.denied for d in decisions)
    return ActionUse(action, resources, state, allowed, denied, at, reason)


def _matching(reasons: dict[str, str], action: str) -> str:
    return next((reason for pattern, reason in reasons.items() if fnmatchcase(action, pattern)), "")
