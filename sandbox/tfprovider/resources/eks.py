"""Kubernetes clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags, Wait
from sandbox.tfprovider.values import Attributes

_MISSING = ("ResourceNotFoundException", "NotFoundException")
_CLUSTER = Op("DescribeCluster", only=("name",))
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_TAGS = Tags(
    tag=Op("TagResource", names={"arn": "resourceArn"}, only=("arn",)),
    untag=Op("UntagResource", names={"arn": "resourceArn"}, only=("arn",)),
    listing=Op("ListTagsForResource", names={"arn": "resourceArn"}, only=("arn",)),
    path="tags",
    form="map",
    removal="tagKeys",
)


def _logging(params: Params, state: Attributes) -> None:
    on = sorted(state.get("enabled_cluster_log_types") or ())
    off = sorted(set(_LOG_TYPES) - set(on))
    entries = [{"types": types, "enabled": enabled} for types, enabled in ((on, True), (off, False)) if types]
    params["logging"] = {"clusterLogging": entries}


def _authentication(params: Params, state: Attributes) -> None:
    """Of the two settings, the one that can be changed."""
    params["accessConfig"] = {"authenticationMode": state["access_config"][0]["authentication_mode"]}


def _labels(params: Params, state: Attributes) -> None:
    if state.get("labels"):
        params["labels"] = {"addOrUpdateLabels": state["labels"]}


def _new_nodes(clients: Clients, prior: Attributes, state: Attributes) -> None:
    """Roll the nodes; MiniStack has none, nor this operation, and tells nothing of templates either."""
    if not prior:
        return  # all of it went with the create request
    request: dict[str, Any] = {
        name: state[key] for name, key in (("version", "version"), ("releaseVersion", "release_version")) if state[key]
    }
    for block in state.get("launch_template") or ():
        by = {"id": block["id"]} if block.get("id") else {"name": block["name"]}
        request["launchTemplate"] = {**by, "version": str(block["version"])}
    try:
        clients.get("eks").update_nodegroup_version(
            clusterName=state["cluster_name"], nodegroupName=state["node_group_name"], **request
        )
    except ClientError as error:
        if "No route" not in str(error):
            raise


def _cluster(state: Attributes, answer: Mapping[str, Any]) -> None:
    cluster = answer["cluster"]
    entries = (cluster.get("logging") or {}).get("clusterLogging") or ()
    state["enabled_cluster_log_types"] = sorted(
        name for entry in entries if entry["enabled"] for name in entry["types"]
    )
    state["certificate_authority"] = [{"data": (cluster.get("certificateAuthority") or {}).get("data")}]
    issuer = ((cluster.get("identity") or {}).get("oidc") or {}).get("issuer")
    state["identity"] = [{"oidc": [{"issuer": issuer}]}]


def _node_group(state: Attributes, answer: Mapping[str, Any]) -> None:
    groups = (answer["nodegroup"].get("resources") or {}).get("autoScalingGroups") or ()
    names = [{"name": group["name"]} for group in groups]
    state["resources"] = [{"autoscaling_groups": names, "remote_access_security_group_id": None}]


_OF_GROUP = {
    "node_group_name": "nodegroupName",
    "node_role_arn": "nodeRole",
    "subnet_ids": "subnets",
    "arn": "nodegroupArn",
    "resources": "",
    "taint": "",
    "remote_access": "",
    "node_repair_config": "",
}
_GROUP = Op("DescribeNodegroup", only=("cluster_name", "node_group_name"))
_ADDON = Op("DescribeAddon", only=("cluster_name", "addon_name"))
_OF_ADDON = {"arn": "addonArn", "resolve_conflicts_on_create": "resolveConflicts", "pod_identity_association": ""}

TABLES = (
    Resource(
        type_name="aws_eks_cluster",
        service="eks",
        create=Op("CreateCluster", before=_logging),
        created={"arn": "cluster.arn"},
        reads=(
            Read(
                _CLUSTER,
                result="cluster",
                names={"vpc_config.public_access_cidrs": "publicAccessCidrs", "cluster_id": "id"},
                after=_cluster,
            ),
        ),
        ready=Wait(_CLUSTER, "cluster.status", ("ACTIVE",), seconds=1800),
        gone=Wait(_CLUSTER, "cluster.status", ()),
        delete=Op("DeleteCluster", only=("name",)),
        identity="{name}",
        names={
            "vpc_config": "resourcesVpcConfig",
            "certificate_authority": "",
            "identity": "",
            "kubernetes_network_config": "",
            "remote_network_config": "",
            "compute_config": "",
            "storage_config": "",
            "outpost_config": "",
            "upgrade_policy": "",
            "zonal_shift_config": "",
            "control_plane_scaling_config": "",
        },
        changes=(
            Change(("version",), Op("UpdateClusterVersion", only=("name", "version"))),
            Change(("enabled_cluster_log_types",), Op("UpdateClusterConfig", only=("name",), before=_logging)),
            Change(("vpc_config",), Op("UpdateClusterConfig", only=("name", "vpc_config"))),
            Change(("access_config",), Op("UpdateClusterConfig", only=("name",), before=_authentication)),
        ),
        force_new=(
            "name",
            "role_arn",
            "vpc_config.subnet_ids",
            "access_config.bootstrap_cluster_creator_admin_permissions",
            "encryption_config",
        ),
        defaults={
            "bootstrap_self_managed_addons": True,
            "vpc_config.endpoint_private_access": False,
            "vpc_config.endpoint_public_access": True,
        },
        missing=_MISSING,
        tags=_TAGS,
        importing=lambda name: {"name": name},
    ),
    Resource(
        type_name="aws_eks_node_group",
        service="eks",
        create=Op("CreateNodegroup"),
        created={"arn": "nodegroup.nodegroupArn"},
        reads=(Read(_GROUP, result="nodegroup", after=_node_group),),
        ready=Wait(_GROUP, "nodegroup.status", ("ACTIVE",), seconds=1800),
        gone=Wait(_GROUP, "nodegroup.status", ()),
        delete=Op("DeleteNodegroup", only=("cluster_name", "node_group_name")),
        identity="{cluster_name}:{node_group_name}",
        names=_OF_GROUP,
        changes=(
            Change(
                ("scaling_config", "update_config", "labels"),
                Op(
                    "UpdateNodegroupConfig",
                    only=("cluster_name", "node_group_name", "scaling_config", "update_config"),
                    before=_labels,
                ),
            ),
            Change(("launch_template", "version", "release_version"), _new_nodes),
        ),
        force_new=("cluster_name", "node_group_name", "node_role_arn", "subnet_ids", "instance_types", "disk_size"),
        kept=("update_config", "launch_template"),
        missing=_MISSING,
        tags=_TAGS,
    ),
    Resource(
        type_name="aws_eks_addon",
        service="eks",
        create=Op("CreateAddon"),
        created={"arn": "addon.addonArn"},
        reads=(Read(_ADDON, result="addon", names={"resolve_conflicts_on_create": ""}),),
        ready=Wait(_ADDON, "addon.status", ("ACTIVE", "DEGRADED"), seconds=1200),
        gone=Wait(_ADDON, "addon.status", ()),
        delete=Op("DeleteAddon", only=("cluster_name", "addon_name", "preserve")),
        identity="{cluster_name}:{addon_name}",
        names=_OF_ADDON,
        changes=(
            Change(
                ("addon_version", "configuration_values", "service_account_role_arn"),
                Op(
                    "UpdateAddon",
                    only=(
                        "cluster_name",
                        "addon_name",
                        "addon_version",
                        "configuration_values",
                        "service_account_role_arn",
                        "resolve_conflicts_on_update",
                    ),
                    names={"resolve_conflicts_on_update": "resolveConflicts"},
                ),
            ),
        ),
        force_new=("cluster_name", "addon_name"),
        missing=_MISSING,
        tags=_TAGS,
    ),
    Resource(
        type_name="aws_eks_pod_identity_association",
        service="eks",
        create=Op("CreatePodIdentityAssociation"),
        created={"association_id": "association.associationId", "association_arn": "association.associationArn"},
        reads=(
            Read(
                Op(
                    "DescribePodIdentityAssociation",
                    only=("cluster_name", "association_id"),
                ),
                result="association",
                names={"association_arn": "associationArn"},
            ),
        ),
        delete=Op("DeletePodIdentityAssociation", only=("cluster_name", "association_id")),
        identity="{association_id}",
        changes=(
            Change(
                ("role_arn",),
                Op("UpdatePodIdentityAssociation", only=("cluster_name", "association_id", "role_arn")),
            ),
        ),
        force_new=("cluster_name", "namespace", "service_account"),
        missing=_MISSING,
        importing=lambda text: dict(zip(("cluster_name", "association_id"), text.split(",", 1), strict=True)),
        tags=Tags(
            tag=Op("TagResource", names={"association_arn": "resourceArn"}, only=("association_arn",)),
            untag=Op("UntagResource", names={"association_arn": "resourceArn"}, only=("association_arn",)),
            path="association.tags",
            form="map",
            removal="tagKeys",
        ),
    ),
)
