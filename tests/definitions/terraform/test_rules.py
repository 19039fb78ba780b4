"""No rule of checkov is broken but those that are skipped for a reason, and a broken one is told with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.definitions.terraform.rules import findings, needs_checkov, skipped
from tests.definitions.terraform.workdir import DEFINITIONS

#: What is broken in a copy: the file, the block, what stands in it, what breaks it, the rule.
BROKEN = [
    (
        "02-s3.tf",
        'resource "aws_s3_bucket_public_access_block" "logs"',
        "block_public_policy     = true",
        "block_public_policy     = false",
        "CKV_AWS_54",
    ),
    (
        "01-kinesis.tf",
        'resource "aws_kinesis_stream" "logs"',
        'encryption_type  = "KMS"',
        'encryption_type  = "NONE"',
        "CKV_AWS_43",
    ),
    (
        "06-iam.tf",
        'data "aws_iam_policy_document" "fluent_bit"',
        "resources = [aws_kinesis_stream.logs.arn]",
        'resources = ["*"]',
        "CKV_AWS_356",
    ),
]


@needs_checkov
@pytest.mark.timeout(600)
def test_the_rules_hold(tmp_path: Path) -> None:
    found = findings(DEFINITIONS, tmp_path)

    assert [str(finding) for finding in found if finding.rule not in skipped()] == []
    assert skipped() - {finding.rule for finding in found} == set(), "skipped, and broken by nothing"


@needs_checkov
@pytest.mark.timeout(600)
def test_what_breaks_a_rule_is_told_with_file_and_line(tmp_path: Path) -> None:
    copy = tmp_path / "terraform"
    shutil.copytree(DEFINITIONS, copy)
    expected = set()
    for file, block, good, bad, rule in BROKEN:
        before, after = (copy / file).read_text().split(block)
        assert good in after
        (copy / file).write_text(before + block + after.replace(good, bad, 1))
        expected.add((f"terraform/{file}:{before.count(chr(10)) + 1}", rule))

    found = findings(copy, tmp_path)

    assert expected <= {(finding.place, finding.rule) for finding in found if finding.rule not in skipped()}
