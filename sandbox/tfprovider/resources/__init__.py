"""One module a service; each holds the tables of its resource types."""

from __future__ import annotations

from sandbox.tfprovider.resources import (
    budgets,
    cloudwatch,
    dynamodb,
    ec2,
    ecr,
    eks,
    eks_access,
    firehose,
    iam,
    iam_providers,
    kinesis,
    kms,
    launch_templates,
    logs,
    opensearch,
    s3,
    secretsmanager,
    security_groups,
    sns,
    vpc_endpoints,
)
from sandbox.tfprovider.table import Op, Resource

_MODULES = (
    budgets,
    cloudwatch,
    dynamodb,
    ec2,
    ecr,
    eks,
    eks_access,
    firehose,
    iam,
    iam_providers,
    kinesis,
    kms,
    launch_templates,
    logs,
    opensearch,
    s3,
    secretsmanager,
    security_groups,
    sns,
    vpc_endpoints,
)

#: Every type that can be applied.
TABLES: dict[str, Resource] = {table.type_name: table for module in _MODULES for table in module.TABLES}


def schema_only(type_name: str) -> Resource:
    """A table that plans a create and nothing else, for types with a schema alone."""
    return Resource(type_name=type_name, service="", create=Op(""), reads=(), delete=None, identity="")
