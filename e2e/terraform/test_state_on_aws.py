"""The state of the aws target, on an emulator in AWS's place: its bucket, its locks, and whose it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.terraform.emulator import Emulator
from sandbox.instance import REPOSITORY
from sandbox.settings import LOCAL_ACCOUNT, REGION
from sandbox.terraform import StateLockedError, TerraformError, TerraformRun
from sandbox.terraform.aws import AwsTarget
from sandbox.terraform.backend import Store

BUCKET = f"cali-terraform-state-{LOCAL_ACCOUNT}-{REGION}"
TABLE = "cali-terraform-lock"
LOCK = "ebcb21eb-6ca3-66e0-82bb-b84e5c6c4c40"


@pytest.fixture(scope="module")
def definitions(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The definitions, with backends that find the emulator where AWS would be."""
    folder = tmp_path_factory.mktemp("definitions") / "terraform"
    shutil.copytree(REPOSITORY / "terraform", folder)
    endpoints = ", ".join(f'{name} = "{emulator.aws.endpoint}"' for name in ("dynamodb", "iam", "s3", "sts"))
    for name in ("dev", "prod"):
        with (folder / "backends" / f"{name}.s3.tfbackend").open("a") as file:
            file.write(f"endpoints = {{ {endpoints} }}\nuse_path_style = true\nskip_metadata_api_check = true\n")
    return folder


def target(environment: str, account_id: str = LOCAL_ACCOUNT) -> AwsTarget:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return AwsTarget(environment, account_id, REGION, keys)


def run_on(emulator: Emulator, definitions: Path, where: AwsTarget) -> TerraformRun:
    return TerraformRun(
        where,
        state=emulator.instance.root / "aws",
        tools=emulator.instance.home.tools,
        definitions=definitions,
        choice="own",
    )


@pytest.fixture(scope="module")
def bootstrap(emulator: Emulator, definitions: Path) -> Callable[[], list[str]]:
    """`sandbox terraform --target aws bootstrap`."""

    def run() -> list[str]:
        store = target("dev").store(definitions)
        return Store(store.configuration, emulator.boto3, store.hint, store.account_id).bootstrap()

    return run


@pytest.fixture
def terraform(emulator: Emulator, definitions: Path, bootstrap: Callable[[], list[str]]) -> Callable[..., TerraformRun]:
    """Terraform for an environment whose state has its place."""
    bootstrap()

    def run(environment: str, account_id: str = LOCAL_ACCOUNT) -> TerraformRun:
        return run_on(emulator, definitions, target(environment, account_id))

    return run


def rules(emulator: Emulator) -> dict[str, Any]:
    """What S3 itself says of the bucket."""
    s3 = emulator.boto3("s3")
    encryption = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    return {
        "versioning": s3.get_bucket_versioning(Bucket=BUCKET).get("Status"),
        "encryption": encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "private": set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()),
        "policy": json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"],
    }


def test_without_a_bucket_the_error_says_what_makes_it(emulator: Emulator, definitions: Path) -> None:
    with pytest.raises(TerraformError, match=r"does not exist.*`bootstrap` makes the bucket"):
        run_on(emulator, definitions, target("dev")).plan()


def test_the_bucket_is_versioned_encrypted_private_and_reached_by_tls_alone(
    emulator: Emulator, bootstrap: Callable[[], list[str]]
) -> None:
    assert bootstrap() == [f"bucket {BUCKET}", f"table {TABLE}"]

    found = rules(emulator)
    assert (found["versioning"], found["encryption"], found["private"]) == ("Enabled", "aws:kms", {True})
    [statement] = found["policy"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    table = emulator.boto3("dynamodb").describe_table(TableName=TABLE)["Table"]
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert table["DeletionProtectionEnabled"] is True


def test_bootstrap_makes_nothing_twice_and_mends_what_was_weakened(
    emulator: Emulator, bootstrap: Callable[[], list[str]]
) -> None:
    bootstrap()
    before = rules(emulator)
    s3 = emulator.boto3("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.delete_bucket_policy(Bucket=BUCKET)

    assert bootstrap() == []

    assert rules(emulator) == before


def test_each_environment_has_a_state_of_its_own(
    emulator: Emulator, terraform: Callable[..., TerraformRun], tmp_path: Path
) -> None:
    state = {"version": 4, "terraform_version": "1.10.0", "serial": 1, "lineage": LOCK, "resources": []}
    state["outputs"] = {"whose": {"value": "dev", "type": "string"}}
    file = tmp_path / "state"
    file.write_text(json.dumps(state))

    terraform("dev").plain("state", "push", str(file))

    assert json.loads(terraform("dev").plain("output", "-json"))["whose"]["value"] == "dev"
    assert json.loads(terraform("prod").plain("output", "-json")) == {}
    keys = [entry["Key"] for entry in emulator.boto3("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == ["dev/terraform.tfstate"]


def test_a_lock_is_kept_until_the_user_breaks_it(emulator: Emulator, terraform: Callable[..., TerraformRun]) -> None:
    path, dynamodb = f"{BUCKET}/prod/terraform.tfstate", emulator.boto3("dynamodb")
    info = {"ID": LOCK, "Operation": "OperationTypeApply", "Who": "me@there", "Path": path}
    dynamodb.put_item(TableName=TABLE, Item={"LockID": {"S": path}, "Info": {"S": json.dumps(info)}})

    for _ in range(2):
        with pytest.raises(StateLockedError, match=rf"aws-prod target \(me@there\).*force-unlock {LOCK}"):
            terraform("prod").plan()
    terraform("prod").force_unlock(LOCK)

    assert "Item" not in dynamodb.get_item(TableName=TABLE, Key={"LockID": {"S": path}})


def test_credentials_of_another_account_are_refused(terraform: Callable[..., TerraformRun]) -> None:
    with pytest.raises(TerraformError, match="account ID not allowed"):
        terraform("dev", "123456789012").plan()
