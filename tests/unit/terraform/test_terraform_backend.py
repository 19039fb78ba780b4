from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.instance import REPOSITORY
from sandbox.terraform import LocalTarget, backend
from sandbox.terraform.aws import AwsTarget, OfflineTarget
from sandbox.terraform.target import Target

DEFINITIONS = REPOSITORY / "terraform"
ACCOUNT = "123456789012"

EVERY_TARGET: list[Target] = [
    LocalTarget("embedded", "http://127.0.0.1:1", "http://127.0.0.1:2"),
    LocalTarget("kind", "http://127.0.0.1:3", "http://127.0.0.1:4"),
    *(
        AwsTarget(path.name.partition(".")[0], ACCOUNT)
        for path in (DEFINITIONS / "backends").glob("*.s3.tfbackend")
        if path.name != "local.s3.tfbackend"
    ),
]


def configuration(target: Target) -> str:
    store = target.store(DEFINITIONS)
    assert store is not None
    return store.configuration


def test_no_two_targets_share_a_state() -> None:
    keys = Counter(re.search(r'^key\s*= "(.+)"$', configuration(target), re.MULTILINE)[1] for target in EVERY_TARGET)  # type: ignore[index]
    folders = Counter(target.name for target in EVERY_TARGET)

    assert len(keys) == len(EVERY_TARGET) == 4
    assert set(keys.values()) == {1}
    assert set(folders.values()) == {1}


@pytest.mark.parametrize("target", EVERY_TARGET, ids=lambda target: target.name)
def test_every_setting_of_a_backend_stands_once(target: Target) -> None:
    names = Counter(re.findall(r"^(\w+)\s*=", configuration(target), re.MULTILINE))

    assert set(names.values()) == {1}
    assert {"bucket", "key", "region", "dynamodb_table", "encrypt"} <= set(names)


def test_the_state_on_aws_is_bound_to_its_account() -> None:
    text = configuration(AwsTarget("prod", ACCOUNT, "eu-west-1"))

    assert f'bucket = "cali-terraform-state-{ACCOUNT}-eu-west-1"' in text
    assert f'allowed_account_ids = ["{ACCOUNT}"]' in text
    assert 'region = "eu-west-1"' in text
    assert re.search(r"^encrypt\s*= true$", text, re.MULTILINE)


def test_a_plan_without_an_account_keeps_no_state_and_meets_nobodys() -> None:
    target: Target = OfflineTarget("dev")

    assert target.store(DEFINITIONS) is None
    assert target.name != AwsTarget("dev", ACCOUNT).name


class Credentials:
    """STS and S3 for the credentials of one account."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.asked: list[str] = []

    def __call__(self, service: str) -> Any:
        self.asked.append(service)
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account}

    def head_bucket(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")


def store(client: backend.ClientFactory) -> backend.Store:
    return backend.Store(configuration(AwsTarget("dev", ACCOUNT)), client, hint="…", account_id=ACCOUNT)


def test_credentials_of_another_account_make_nothing() -> None:
    client = Credentials("999999999999")

    with pytest.raises(backend.WrongAccountError, match=f"account 999999999999, not of {ACCOUNT}"):
        store(client).bootstrap()

    assert client.asked == ["sts"]


def test_a_bucket_that_somebody_else_has_is_one_line() -> None:
    with pytest.raises(backend.StateStoreError, match=r"cannot be kept in cali-terraform-state-.*403"):
        store(Credentials(ACCOUNT)).bootstrap()
