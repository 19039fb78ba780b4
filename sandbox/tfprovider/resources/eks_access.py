"""Who may do what in a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.table import NOTHING, Change, GoneError, Op, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_MISSING = ("ResourceNotFoundException", "NotFoundException")
_BY_PRINCIPAL = ("cluster_name", "principal_arn")


def _association(state: Attributes, answer: Mapping[str, Any]) -> None:
    every = answer["associatedAccessPolicies"]
    found = next((one for one in every if one["policyArn"] == state["policy_arn"]), None)
    if found is None:
        raise GoneError
    scope = found["accessScope"]
    state["access_scope"] = [{"type": scope["type"], "namespaces": scope.get("namespaces") or None}]
    for name, member in (("associated_at", "associatedAt"), ("modified_at", "modifiedAt")):
        state[name] = found[member].isoformat()


TABLES = (
    Resource(
        type_name="aws_eks_access_entry",
        service="eks",
        create=Op("CreateAccessEntry"),
        created={"access_entry_arn": "accessEntry.accessEntryArn"},
        reads=(Read(Op("DescribeAccessEntry", only=_BY_PRINCIPAL), result="accessEntry", names={"tags": ""}),),
        delete=Op("DeleteAccessEntry", only=_BY_PRINCIPAL),
        identity="{cluster_name}:{principal_arn}",
        changes=(
            Change(
                ("kubernetes_groups", "user_name"),
                Op("UpdateAccessEntry", only=(*_BY_PRINCIPAL, "kubernetes_groups", "user_name")),
            ),
        ),
        force_new=("cluster_name", "principal_arn", "type"),
        defaults={"type": "STANDARD"},
        missing=_MISSING,
        tags=Tags(
            tag=Op("TagResource", names={"access_entry_arn": "resourceArn"}, only=("access_entry_arn",)),
            untag=Op("UntagResource", names={"access_entry_arn": "resourceArn"}, only=("access_entry_arn",)),
            listing=Op("ListTagsForResource", names={"access_entry_arn": "resourceArn"}, only=("access_entry_arn",)),
            path="tags",
            form="map",
            removal="tagKeys",
        ),
        importing=lambda text: dict(zip(_BY_PRINCIPAL, text.split(":", 1), strict=True)),
    ),
    Resource(
        type_name="aws_eks_access_policy_association",
        service="eks",
        create=Op("AssociateAccessPolicy"),
        reads=(Read(Op("ListAssociatedAccessPolicies", only=_BY_PRINCIPAL), only=NOTHING, after=_association),),
        delete=Op("DisassociateAccessPolicy", only=(*_BY_PRINCIPAL, "policy_arn")),
        identity="{cluster_name}#{principal_arn}#{policy_arn}",
        force_new=("cluster_name", "principal_arn", "policy_arn", "access_scope"),
        missing=_MISSING,
    ),
)
