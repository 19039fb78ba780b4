from __future__ import annotations

import os

import boto3
import pytest

from sandbox.isolation import ignore_user_settings, local_aws


def test_the_users_cloud_settings_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.invalid")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    # ignore_user_settings writes these; monkeypatch restores them afterwards.
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    ignore_user_settings()
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "OPENAI_API_KEY"} & set(os.environ)
    assert boto3.session.Session().get_credentials() is None
    assert "127.0.0.1" in os.environ["NO_PROXY"]


def test_a_workload_has_every_setting_it_needs_to_stay_local() -> None:
    environment = local_aws("ap-northeast-2", "http://127.0.0.1:4566")
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
