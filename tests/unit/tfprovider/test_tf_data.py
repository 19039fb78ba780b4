from __future__ import annotations

import json

from sandbox.tfprovider import data
from sandbox.tfprovider.aws import Clients

CLIENTS = Clients({"region": "ap-northeast-2"})


def test_a_policy_document_is_rendered_without_aws() -> None:
    statement = {
        "sid": "One",
        "actions": ["s3:PutObject", "s3:GetObject"],
        "resources": ["arn:aws:s3:::b/*"],
        "principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::0:root"]}],
        "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }

    document = json.loads(data.read("aws_iam_policy_document", {"statement": [statement]}, CLIENTS)["json"])

    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": "arn:aws:s3:::b/*",
                "Principal": {"AWS": "arn:aws:iam::0:root"},
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            }
        ],
    }


def test_everyone_is_a_star() -> None:
    statement = {"effect": "Deny", "actions": ["s3:*"], "principals": [{"type": "*", "identifiers": ["*"]}]}

    document = json.loads(data.read("aws_iam_policy_document", {"statement": [statement]}, CLIENTS)["json"])

    assert document["Statement"][0]["Principal"] == "*"


def test_an_override_replaces_the_statement_of_its_sid() -> None:
    config = {
        "statement": [{"sid": "A", "actions": ["s3:*"]}],
        "override_policy_documents": ['{"Statement": {"Sid": "A", "Effect": "Deny"}}'],
    }

    document = json.loads(data.read("aws_iam_policy_document", config, CLIENTS)["json"])

    assert document["Statement"] == [{"Sid": "A", "Effect": "Deny"}]


def test_region_and_partition_need_no_call() -> None:
    assert data.read("aws_region", {}, CLIENTS)["region"] == "ap-northeast-2"
    assert data.read("aws_partition", {}, CLIENTS)["partition"] == "aws"
