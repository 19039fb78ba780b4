"""Launch templates, whose every change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider import mapping, schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.resources.ec2_tags import TAGS
from sandbox.tfprovider.table import Change, Op, Params, Read, Resource
from sandbox.tfprovider.values import Attributes

_TYPE = "aws_launch_template"
#: Everything that is the same in the request and in the answer but for the name.
_SETTINGS = {
    "image_id": "ImageId",
    "instance_type": "InstanceType",
    "key_name": "KeyName",
    "user_data": "UserData",
    "ebs_optimized": "EbsOptimized",
    "disable_api_termination": "DisableApiTermination",
    "instance_initiated_shutdown_behavior": "InstanceInitiatedShutdownBehavior",
    "vpc_security_group_ids": "SecurityGroupIds",
    "block_device_mappings": "BlockDeviceMappings",
    "iam_instance_profile": "IamInstanceProfile",
    "metadata_options": "MetadataOptions",
    "monitoring": "Monitoring",
    "tag_specifications": "TagSpecifications",
}
_DATA = {name: f"LaunchTemplateData.{member}" for name, member in _SETTINGS.items()}
_BLOCKS = {"tag_specifications.tags": ""}


def _tags_of_instances(data: Params, state: Attributes) -> None:
    """The tags of what is launched: a map in Terraform, a list in the API."""
    for entry, block in zip(data.get("TagSpecifications", ()), state.get("tag_specifications") or (), strict=False):
        entry["Tags"] = [{"Key": key, "Value": value} for key, value in (block.get("tags") or {}).items()]


def _create(params: Params, state: Attributes) -> None:
    _tags_of_instances(params.setdefault("LaunchTemplateData", {}), state)
    params.pop("TagSpecifications", None)


def _told(state: Attributes, answer: Mapping[str, Any]) -> None:
    data = answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    told = data.get("TagSpecifications") or ()
    for block, entry in zip(state.get("tag_specifications") or (), told, strict=False):
        block["tags"] = {tag["Key"]: tag["Value"] for tag in entry.get("Tags") or ()} or None


def _new_version(clients: Clients, prior: Attributes, state: Attributes) -> None:
    if not prior:
        return  # the first version came with the template
    client = clients.get("ec2")
    shape = client.meta.service_model.operation_model("CreateLaunchTemplateVersion").input_shape
    binding = mapping.Binding({**_DATA, **_BLOCKS, "description": "VersionDescription"}, (*_SETTINGS, "description"))
    request = mapping.encode(schema.load().resources[_TYPE].block, state, shape, binding)
    data = request.setdefault("LaunchTemplateData", {})
    _tags_of_instances(data, state)
    made = client.create_launch_template_version(LaunchTemplateId=state["id"], **request)["LaunchTemplateVersion"]
    if state.get("update_default_version"):
        _default(clients, state["id"], made["VersionNumber"])


def _default_version(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    if state.get("default_version") and not state.get("update_default_version"):
        _default(clients, state["id"], state["default_version"])


def _default(clients: Clients, template: str, version: object) -> None:
    clients.get("ec2").modify_launch_template(LaunchTemplateId=template, DefaultVersion=str(version))


def _find(clients: Clients, state: Attributes) -> None:
    for template in clients.get("ec2").describe_launch_templates(LaunchTemplateNames=[state["name"]])[
        "LaunchTemplates"
    ]:
        state["id"] = template["LaunchTemplateId"]


TABLES = (
    Resource(
        type_name=_TYPE,
        service="ec2",
        create=Op(
            "CreateLaunchTemplate",
            names={**_DATA, "description": "VersionDescription"},
            only=("name", "description", *_SETTINGS),
            before=_create,
        ),
        created={"id": "LaunchTemplate.LaunchTemplateId"},
        reads=(
            Read(
                Op("DescribeLaunchTemplates", names={"id": "LaunchTemplateIds"}, only=("id",)),
                result="LaunchTemplates.0",
                names={"default_version": "DefaultVersionNumber", "latest_version": "LatestVersionNumber"},
                only=("name", "default_version", "latest_version"),
            ),
            Read(
                Op(
                    "DescribeLaunchTemplateVersions",
                    names={"id": "LaunchTemplateId"},
                    only=("id",),
                    extra={"Versions": ["$Latest"]},
                ),
                result="LaunchTemplateVersions.0",
                names={**_DATA, "description": "VersionDescription"},
                only=("description", *_SETTINGS),
                after=_told,
            ),
        ),
        delete=Op("DeleteLaunchTemplate", names={"id": "LaunchTemplateId"}, only=("id",)),
        identity="{id}",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
        names={"name": "LaunchTemplateName", **_BLOCKS},
        changes=(Change((*_SETTINGS, "description"), _new_version), Change(("default_version",), _default_version)),
        force_new=("name",),
        volatile=("latest_version", "default_version"),
        missing=("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.NotFoundException"),
        tags=TAGS,
        lookup=_find,
    ),
)
