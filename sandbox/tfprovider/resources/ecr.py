"""Image repositories."""

from __future__ import annotations

from sandbox.tfprovider.table import Change, Op, Read, Resource, Tags

_MISSING = ("RepositoryNotFoundException", "LifecyclePolicyNotFoundException")
_BY_NAME = ("name",)
_LIFECYCLE = {"repository": "repositoryName", "policy": "lifecyclePolicyText"}

TABLES = (
    Resource(
        type_name="aws_ecr_repository",
        service="ecr",
        create=Op("CreateRepository"),
        created={"arn": "repository.repositoryArn"},
        reads=(
            Read(
                Op("DescribeRepositories", names={"name": "repositoryNames"}, only=_BY_NAME),
                result="repositories.0",
            ),
        ),
        delete=Op("DeleteRepository", names={"force_delete": "force"}, only=("name", "force_delete")),
        identity="{name}",
        names={
            "name": "repositoryName",
            "arn": "repositoryArn",
            "repository_url": "repositoryUri",
            "image_tag_mutability_exclusion_filter": "",
        },
        changes=(
            Change(
                ("image_tag_mutability",),
                Op("PutImageTagMutability", only=("name", "image_tag_mutability")),
            ),
            Change(
                ("image_scanning_configuration",),
                Op("PutImageScanningConfiguration", only=("name", "image_scanning_configuration")),
            ),
        ),
        force_new=("name", "encryption_configuration"),
        defaults={"image_tag_mutability": "MUTABLE"},
        silent=("encryption_configuration", "image_scanning_configuration"),
        missing=_MISSING,
        tags=Tags(
            tag=Op("TagResource", names={"arn": "resourceArn"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "resourceArn"}, only=("arn",)),
            listing=Op("ListTagsForResource", names={"arn": "resourceArn"}, only=("arn",)),
            path="tags",
            removal="tagKeys",
        ),
        importing=lambda name: {"name": name},
    ),
    Resource(
        type_name="aws_ecr_lifecycle_policy",
        service="ecr",
        create=Op("PutLifecyclePolicy"),
        reads=(Read(Op("GetLifecyclePolicy", only=("repository",))),),
        delete=Op("DeleteLifecyclePolicy", only=("repository",)),
        identity="{repository}",
        names=_LIFECYCLE,
        changes=(Change(("policy",), Op("PutLifecyclePolicy")),),
        force_new=("repository",),
        json_attributes=("policy",),
        missing=_MISSING,
        importing=lambda name: {"repository": name},
    ),
)
