from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox import isolation
from sandbox.errors import ExitCode
from sandbox.terraform import command
from sandbox.terraform.aws import (
    NOWHERE,
    AccountError,
    AwsTarget,
    OfflineTarget,
    RedirectedError,
    UnknownEnvironmentError,
    check_environment,
)

ACCOUNT = "123456789012"
USER = {"AWS_PROFILE": "work", "AWS_CONFIG_FILE": "/home/me/config", "AWS_CA_BUNDLE": "/home/me/ca.pem"}


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of the sandbox whose user exported settings for AWS."""
    monkeypatch.setattr(isolation, "_removed", {})
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in USER.items():
        monkeypatch.setenv(name, value)
    # Written by what is tested: named here so that they are put back afterwards.
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    isolation.ignore_user_settings()


@pytest.mark.usefixtures("user")
def test_only_the_aws_target_works_with_the_users_settings(tmp_path: Path) -> None:
    live = AwsTarget("dev", ACCOUNT, user=isolation.user_aws_settings())
    offline = OfflineTarget("dev")

    on_aws = command.environment(tmp_path, {}, live.credentials)
    without = command.environment(tmp_path, {}, offline.credentials)

    assert {name: value for name, value in on_aws.items() if name.startswith("AWS_")} == USER
    assert "AWS_PROFILE" not in os.environ
    assert (without["AWS_ACCESS_KEY_ID"], without["AWS_CONFIG_FILE"]) == ("test", os.devnull)
    assert without["AWS_ENDPOINT_URL"] == NOWHERE
    assert "AWS_PROFILE" not in without


@pytest.mark.usefixtures("user")
def test_this_process_has_the_users_settings_only_for_a_while() -> None:
    before = dict(os.environ)

    with isolation.as_user():
        within = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}

    assert within == USER
    assert dict(os.environ) == before


@pytest.mark.parametrize("account", ["", "1", "12345678901x", "1234567890123"])
def test_an_account_id_has_twelve_digits(account: str) -> None:
    with pytest.raises(AccountError, match="account") as caught:
        AwsTarget("dev", account)

    assert caught.value.exit_code == ExitCode.USAGE


def test_aws_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(RedirectedError, match=r"AWS_ENDPOINT_URL is http://127\.0\.0\.1:4566"):
        AwsTarget("dev", ACCOUNT, user={"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})


def test_an_unknown_environment_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    for name in ("dev", "prod"):
        (tmp_path / "environments" / f"{name}.tfvars").touch()

    check_environment(tmp_path, "prod")
    with pytest.raises(UnknownEnvironmentError, match=r"environments/stage\.tfvars — --environment can be dev, prod"):
        check_environment(tmp_path, "stage")
