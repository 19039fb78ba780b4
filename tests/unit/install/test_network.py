from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.install.network import installer_environment, parse_pip_settings


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/usr/bin"}


def test_pips_mirror_is_uvs_mirror(bare: dict[str, str]) -> None:
    result = installer_environment(bare, {"index-url": "https://mirror.example/simple"})
    assert result["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


@pytest.mark.parametrize("own", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"])
def test_uvs_own_setting_wins_over_pips(bare: dict[str, str], own: str) -> None:
    result = installer_environment(bare | {own: "theirs"}, {"index-url": "https://mirror.example/simple"})
    assert result[own] == "theirs"
    assert result.get("UV_DEFAULT_INDEX", "theirs") == "theirs"


def test_uvs_own_file_wins_over_pips_mirror(bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".config" / "uv").mkdir(parents=True)
    (tmp_path / ".config" / "uv" / "uv.toml").touch()
    assert "UV_DEFAULT_INDEX" not in installer_environment(bare, {"index-url": "https://mirror.example/simple"})


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_private_ca_told_to_one_tool_is_told_to_all(bare: dict[str, str], name: str) -> None:
    result = installer_environment(bare | {name: "/etc/ca.pem"}, {})
    assert {result[n] for n in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")} == {"/etc/ca.pem"}


def test_a_ca_set_for_one_tool_stays(bare: dict[str, str]) -> None:
    result = installer_environment(bare | {"SSL_CERT_FILE": "/a.pem", "PIP_CERT": "/b.pem"}, {"cert": "/c.pem"})
    assert (result["SSL_CERT_FILE"], result["PIP_CERT"]) == ("/a.pem", "/b.pem")


def test_without_a_ca_the_systems_store_counts(bare: dict[str, str]) -> None:
    assert installer_environment(bare, {})["UV_SYSTEM_CERTS"] == "true"


def test_pips_proxy_is_everyones_unless_one_is_set(bare: dict[str, str]) -> None:
    assert installer_environment(bare, {"proxy": "http://p:1"})["HTTPS_PROXY"] == "http://p:1"
    kept = installer_environment(bare | {"https_proxy": "http://q:2"}, {"proxy": "http://p:1"})
    assert "HTTPS_PROXY" not in kept
    assert kept["https_proxy"] == "http://q:2"


def test_nothing_that_would_change_what_a_lock_installs_gets_through(bare: dict[str, str]) -> None:
    foreign = dict.fromkeys(("PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "UV_CONSTRAINT", "UV_EXCLUDE_NEWER"), "x")
    assert not foreign.keys() & installer_environment(bare | foreign, {}).keys()


def test_uv_never_downloads_a_python(bare: dict[str, str]) -> None:
    assert installer_environment(bare | {"UV_PYTHON_DOWNLOADS": "automatic"}, {})["UV_PYTHON_DOWNLOADS"] == "never"


def test_pip_settings_follow_pips_order() -> None:
    listing = "global.index-url='https://a'\n:env:.index-url='https://b'\ninstall.index-url='https://c'\nfreeze.x='1'\n"
    assert parse_pip_settings(listing) == {"index-url": "https://b"}


def test_pip_settings_of_several_lines_become_one() -> None:
    assert parse_pip_settings("global.find-links='\\n/a\\n/b'\n") == {"find-links": "/a /b"}
