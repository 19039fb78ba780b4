"""What boto3 finds in an emulator of everything that the definitions make."""

from __future__ import annotations

from typing import Any

from e2e.terraform.emulator import Emulator

#: Service, operation, the list in its answer, and what names an entry of it.
_LISTS = (
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("eks", "list_clusters", "clusters", ""),
    ("firehose", "list_delivery_streams", "DeliveryStreamNames", ""),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kinesis", "list_streams", "StreamNames", ""),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("logs", "describe_resource_policies", "resourcePolicies", "policyName"),
    ("opensearch", "list_domain_names", "DomainNames", "DomainName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)


def everything(emulator: Emulator) -> dict[str, set[str]]:
    """The names of all that there is, by service and operation; services that have nothing are left out."""
    found: dict[str, set[str]] = {}
    for service, operation, path, name in _LISTS:
        told = getattr(emulator.boto3(service), operation)()
        found[f"{service} {operation}"] = {str(entry[name]) if name else str(entry) for entry in told[path]}
    found["ec2 describe_nat_gateways"] = set(_gateways(emulator))
    found["iam list_policies"] = {p["Arn"] for p in emulator.boto3("iam").list_policies(Scope="Local")["Policies"]}
    found["kms list_keys"] = set(_keys(emulator))
    account = emulator.boto3("sts").get_caller_identity()["Account"]
    budgets = emulator.boto3("budgets").describe_budgets(AccountId=account).get("Budgets") or ()
    found["budgets describe_budgets"] = {budget["BudgetName"] for budget in budgets}
    return {operation: names for operation, names in found.items() if names}


def _gateways(emulator: Emulator) -> Any:
    for gateway in emulator.boto3("ec2").describe_nat_gateways()["NatGateways"]:
        if gateway["State"] != "deleted":
            yield gateway["NatGatewayId"]


def _keys(emulator: Emulator) -> Any:
    """Keys that are not about to be deleted: no key is deleted at once."""
    client = emulator.boto3("kms")
    for key in client.list_keys()["Keys"]:
        if client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield key["KeyId"]
