from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.errors import UsageError
from sandbox.terraform import provider


@pytest.fixture(autouse=True)
def no_user_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("TF_CLI_CONFIG_FILE", provider.VARIABLE):
        monkeypatch.delenv(name, raising=False)


def network(monkeypatch: pytest.MonkeyPatch, *, answers: bool) -> list[str]:
    asked: list[str] = []

    def get(url: str, **_options: Any) -> httpx.Response:
        asked.append(url)
        if not answers:
            raise httpx.ConnectTimeout("nobody there")
        return httpx.Response(200)

    monkeypatch.setattr(httpx, "get", get)
    return asked


def test_without_the_registry_the_own_provider_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network(monkeypatch, answers=False)

    found = provider.provide(tmp_path, "linux_amd64", "auto")

    wrapper = next(tmp_path.glob("mirror/registry.terraform.io/hashicorp/aws/*/linux_amd64/terraform-provider-aws_v*"))
    assert found.source == "own"
    assert wrapper.stat().st_mode & stat.S_IXUSR
    assert "filesystem_mirror" in found.cli_config.read_text()
    assert found.environment["TF_CLI_CONFIG_FILE"] == str(found.cli_config)


def test_with_the_registry_the_real_provider_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network(monkeypatch, answers=True)

    found = provider.provide(tmp_path, "linux_amd64", "auto")

    assert found.source == "real"
    assert "TF_DISABLE_PLUGIN_TLS" not in found.environment


def test_the_network_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = network(monkeypatch, answers=False)

    provider.provide(tmp_path, "linux_amd64", "auto")
    provider.provide(tmp_path, "linux_amd64", "auto")

    assert len(asked) == 1


def test_what_was_asked_for_is_not_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = network(monkeypatch, answers=True)

    assert provider.provide(tmp_path, "linux_amd64", "own").source == "own"
    assert asked == []


def test_a_mirror_of_the_user_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network(monkeypatch, answers=False)
    config = tmp_path / "user.tfrc"
    config.write_text('provider_installation { network_mirror { url = "https://mirror.example/" } }')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))

    found = provider.provide(tmp_path / "tools", "linux_amd64", "auto")

    assert (found.source, found.cli_config) == ("real", config)


def test_a_wrong_choice_is_named() -> None:
    with pytest.raises(UsageError, match="CALI_TF_PROVIDER is 'mine'"):
        provider.choice({provider.VARIABLE: "mine"})


def test_the_environment_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, provider.VARIABLE, "own")

    assert provider.choice() == "own"
