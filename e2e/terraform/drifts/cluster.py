"""What is changed about the cluster."""

from __future__ import annotations

from e2e.terraform.drifts.drift import Drift, State

_OTHER_ROLE = "arn:aws:iam::000000000000:role/cali-eks-node"


def _tags(arn: str) -> Drift:
    """A tag of what has nothing else that the emulator can change."""
    return Drift(
        lambda e, s: e.boto3("eks").list_tags_for_resource(resourceArn=s[arn])["tags"],
        lambda e, s: e.boto3("eks").tag_resource(resourceArn=s[arn], tags={"Project": "somebody else's"}),
    )


def _by_addon(state: State) -> dict[str, str]:
    return {"clusterName": state["cluster_name"], "addonName": state["addon_name"]}


def _by_association(state: State) -> dict[str, str]:
    return {"clusterName": state["cluster_name"], "associationId": state["association_id"]}


def _by_principal(state: State) -> dict[str, str]:
    return {"clusterName": state["cluster_name"], "principalArn": state["principal_arn"]}


DRIFTS = {
    "aws_eks_cluster": _tags("arn"),
    "aws_eks_node_group": _tags("arn"),
    "aws_eks_addon": Drift(
        lambda e, s: e.boto3("eks").describe_addon(**_by_addon(s))["addon"].get("configurationValues"),
        lambda e, s: e.boto3("eks").update_addon(**_by_addon(s), configurationValues='{"changed": true}'),
        which=lambda s: bool(s.get("configuration_values")),
    ),
    "aws_eks_pod_identity_association": Drift(
        lambda e, s: e.boto3("eks").describe_pod_identity_association(**_by_association(s))["association"]["roleArn"],
        lambda e, s: e.boto3("eks").update_pod_identity_association(**_by_association(s), roleArn=_OTHER_ROLE),
    ),
    "aws_eks_access_entry": _tags("access_entry_arn"),
    "aws_eks_access_policy_association": Drift(
        lambda e, s: [
            (one["policyArn"], one["accessScope"]["type"])
            for one in e.boto3("eks").list_associated_access_policies(**_by_principal(s))["associatedAccessPolicies"]
        ],
        lambda e, s: e.boto3("eks").associate_access_policy(
            **_by_principal(s), policyArn=s["policy_arn"], accessScope={"type": "namespace", "namespaces": ["other"]}
        ),
        which=lambda s: bool(s["access_scope"][0]["type"] == "cluster"),
    ),
}
