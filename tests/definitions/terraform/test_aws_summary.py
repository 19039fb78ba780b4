"""What is planned for AWS, with no account and no call, is what the committed summaries say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.instance import REPOSITORY
from sandbox.terraform import TerraformRun, summaries
from sandbox.terraform.aws import OfflineTarget, environments

DEFINITIONS = REPOSITORY / "terraform"

#: A network of its own, in which there is nothing.
CUT_OFF = ("unshare", "--map-root-user", "--net")


def can_be_cut_off() -> bool:
    """Whether this machine lets a test run without a network."""
    return shutil.which("unshare") is not None and subprocess.run([*CUT_OFF, "true"], check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: install Terraform 1.10 or newer"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where terraform works: initialized once an environment."""
    return tmp_path_factory.mktemp("aws")


def planned(folder: Path, environment: str, definitions: Path = DEFINITIONS) -> str:
    def run(target: OfflineTarget, variables: dict[str, str]) -> TerraformRun:
        return TerraformRun(
            target,
            state=folder / "state",
            tools=folder / "tools",
            definitions=definitions,
            choice="own",
            variables=variables,
        )

    return summaries.make(run, environment)


@pytest.mark.parametrize("environment", environments(DEFINITIONS))
def test_the_committed_summary_is_what_is_planned(folder: Path, environment: str) -> None:
    committed = summaries.path_of(DEFINITIONS, environment).read_text()

    assert planned(folder, environment) == committed, f"terraform/ changed: `{summaries.COMMAND}` writes it anew"


def test_the_summaries_hold_what_only_aws_has() -> None:
    assert environments(DEFINITIONS) == ["dev", "prod"]
    for environment in environments(DEFINITIONS):
        text = summaries.path_of(DEFINITIONS, environment).read_text()
        assert "  aws_eks_cluster.cali[0]:" in text
        assert "  aws_grafana_workspace.cali[0]:" in text
        assert "${aws_s3_bucket.logs.arn}/new_errors/*" in text  # policies are written out
        assert not re.search(r"polic.*: \(known after apply", text)


def test_a_weaker_rule_shows_as_a_line(folder: Path, tmp_path: Path) -> None:
    definitions = tmp_path / "terraform"
    shutil.copytree(DEFINITIONS, definitions)
    bucket = definitions / "02-s3.tf"
    bucket.write_text(bucket.read_text().replace("block_public_policy     = true", "block_public_policy     = false"))
    policy = definitions / "06-iam.tf"
    policy.write_text(policy.read_text().replace('["kinesis:PutRecords"]', '["kinesis:*"]'))

    with pytest.raises(summaries.SummaryDiffersError, match="summary --write") as caught:
        summaries.check(summaries.path_of(DEFINITIONS, "dev"), planned(folder, "dev", definitions), exactly=True)

    changed = {line.strip() for line in caught.value.difference.splitlines() if line[0] in "+-" and line[1] == " "}
    assert changed == {
        "-    block_public_policy: true",
        "+    block_public_policy: false",
        "-      - Action: kinesis:PutRecords",
        "+      - Action: kinesis:*",
    }


@pytest.mark.skipif(not can_be_cut_off(), reason="needs `unshare` of Linux, to run without a network")
def test_a_plan_for_aws_needs_neither_account_nor_network(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from sandbox.cli import main; main()", "terraform", "--target", "aws"]
    # Credentials and an endpoint of the user's, none of which may be used.
    foreign = {"AWS_PROFILE": "none", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_ENDPOINT_URL": "https://aws.invalid"}
    environment = {**os.environ, **foreign, "HOME": str(tmp_path), "CALI_HOME": str(tmp_path / "home")}
    environment.pop("CALI_TF_PROVIDER", None)

    answer = subprocess.run(
        [*CUT_OFF, *command, "--environment", "dev", "plan", "--json"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    made = {change["address"] for change in document["changes"]}
    assert {"aws_eks_cluster.cali[0]", "aws_grafana_workspace.cali[0]"} <= made
    assert document["provider"]["source"] == "own"
