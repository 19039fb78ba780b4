"""What is changed in IAM, and among keys and secrets."""

from __future__ import annotations

import json
from typing import Any

from e2e.terraform.drifts.drift import Drift, State
from e2e.terraform.emulator import Emulator

_OTHER = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})


def _attached(emulator: Emulator, state: State) -> Any:
    told = emulator.boto3("iam").list_attached_role_policies(RoleName=state["role"])["AttachedPolicies"]
    return sorted(policy["PolicyArn"] for policy in told)


def _managed(emulator: Emulator, state: State) -> Any:
    client = emulator.boto3("iam")
    version = client.get_policy(PolicyArn=state["arn"])["Policy"]["DefaultVersionId"]
    return client.get_policy_version(PolicyArn=state["arn"], VersionId=version)["PolicyVersion"]["Document"]


DRIFTS = {
    "aws_iam_role": Drift(
        lambda e, s: e.boto3("iam").get_role(RoleName=s["name"])["Role"]["MaxSessionDuration"],
        lambda e, s: e.boto3("iam").update_role(RoleName=s["name"], MaxSessionDuration=7200),
    ),
    "aws_iam_role_policy": Drift(
        lambda e, s: e.boto3("iam").get_role_policy(RoleName=s["role"], PolicyName=s["name"])["PolicyDocument"],
        lambda e, s: e.boto3("iam").put_role_policy(RoleName=s["role"], PolicyName=s["name"], PolicyDocument=_OTHER),
    ),
    "aws_iam_role_policy_attachment": Drift(
        _attached,
        lambda e, s: e.boto3("iam").detach_role_policy(RoleName=s["role"], PolicyArn=s["policy_arn"]),
    ),
    "aws_iam_policy": Drift(
        _managed,
        lambda e, s: e.boto3("iam").create_policy_version(PolicyArn=s["arn"], PolicyDocument=_OTHER, SetAsDefault=True),
    ),
    # The emulator has no operation that changes one: what can be done behind terraform's back is to remove it.
    "aws_iam_openid_connect_provider": Drift(
        lambda e, s: sorted(
            e.boto3("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=s["arn"])["ClientIDList"]
        ),
        lambda e, s: e.boto3("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=s["arn"]),
    ),
    "aws_kms_key": Drift(
        lambda e, s: e.boto3("kms").get_key_rotation_status(KeyId=s["key_id"])["KeyRotationEnabled"],
        lambda e, s: e.boto3("kms").disable_key_rotation(KeyId=s["key_id"]),
    ),
    "aws_kms_alias": Drift(
        lambda e, s: e.boto3("kms").describe_key(KeyId=s["name"])["KeyMetadata"]["KeyId"],
        lambda e, s: e.boto3("kms").update_alias(
            AliasName=s["name"], TargetKeyId=e.boto3("kms").create_key()["KeyMetadata"]["KeyId"]
        ),
    ),
    "aws_secretsmanager_secret": Drift(
        lambda e, s: e.boto3("secretsmanager").describe_secret(SecretId=s["arn"])["Description"],
        lambda e, s: e.boto3("secretsmanager").update_secret(SecretId=s["arn"], Description="changed"),
    ),
    "aws_sns_topic": Drift(
        lambda e, s: e.boto3("sns").get_topic_attributes(TopicArn=s["arn"])["Attributes"].get("DisplayName"),
        lambda e, s: e.boto3("sns").set_topic_attributes(
            TopicArn=s["arn"], AttributeName="DisplayName", AttributeValue="changed"
        ),
    ),
    "aws_sns_topic_policy": Drift(
        lambda e, s: json.loads(e.boto3("sns").get_topic_attributes(TopicArn=s["arn"])["Attributes"]["Policy"]),
        lambda e, s: e.boto3("sns").set_topic_attributes(
            TopicArn=s["arn"],
            AttributeName="Policy",
            AttributeValue=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": s["arn"]}],
                }
            ),
        ),
    ),
    "aws_budgets_budget": Drift(
        lambda e, s: float(
            e.boto3("budgets").describe_budget(AccountId=s["account_id"], BudgetName=s["name"])["Budget"][
                "BudgetLimit"
            ]["Amount"]
        ),
        lambda e, s: e.boto3("budgets").update_budget(
            AccountId=s["account_id"],
            NewBudget={
                "BudgetName": s["name"],
                "BudgetType": s["budget_type"],
                "TimeUnit": s["time_unit"],
                "BudgetLimit": {"Amount": "999999", "Unit": "USD"},
            },
        ),
    ),
}
