"""How installers reach their registries: the user's proxy, mirror and private CA, for every tool alike.

pip reads its own configuration; uv does not, and requests and Java know other variables again. Whatever the user told
one of them is told to all, and a setting that a tool has already is never replaced.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

#: Settings that would change what a lock installs, or where: none of them may reach an installer.
_FOREIGN = frozenset(
    {
        "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX",
        "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV",
        "PIP_NO_DEPS", "PIP_DRY_RUN", "PIP_PYTHON", "PIP_PRE",
        "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER", "UV_SYSTEM_PYTHON", "UV_PYTHON", "UV_PRERELEASE",
        "UV_RESOLUTION", "UV_PROJECT_ENVIRONMENT", "UV_NO_VERIFY_HASHES", "UV_WORKING_DIR",
    }
)  # fmt: skip

#: Variables that name a file of certificates, the most specific first.
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def installer_environment(environment: Mapping[str, str], pip_settings: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv, pip and the Maven downloads.

    Args:
        environment: The user's.
        pip_settings: What `pip config list` says, by bare option name (`index-url`).
    """
    result = {name: value for name, value in environment.items() if name not in _FOREIGN}
    named = (environment[name] for name in _CERTIFICATES if environment.get(name))
    certificates = next(named, pip_settings.get("cert"))
    if certificates:
        for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
            result.setdefault(name, certificates)
    else:
        # A private CA lives in the system's store more often than in a variable.
        result.setdefault("UV_SYSTEM_CERTS", "true")
    if proxy := pip_settings.get("proxy"):
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            if name not in environment and name.lower() not in environment:
                result[name] = proxy
    for setting, name in (
        ("extra-index-url", "UV_INDEX"),
        ("find-links", "UV_FIND_LINKS"),
        ("trusted-host", "UV_INSECURE_HOST"),
        ("timeout", "UV_HTTP_TIMEOUT"),
        ("default-timeout", "UV_HTTP_TIMEOUT"),
    ):
        if value := pip_settings.get(setting):
            result.setdefault(name, " ".join(value.split()))
    index = pip_settings.get("index-url")
    # uv's own configuration names uv's index; only without one does pip's count.
    if index and not {"UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_CONFIG_FILE"} & set(result) and not _has_uv_file(result):
        result["UV_DEFAULT_INDEX"] = index
    result["UV_PYTHON_DOWNLOADS"] = "never"
    result["UV_NO_PROGRESS"] = "1"
    result["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return result


def _has_uv_file(environment: Mapping[str, str]) -> bool:
    """Whether the user keeps a configuration file of uv."""
    folder = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "~")).expanduser() / ".config")
    return (Path(folder) / "uv" / "uv.toml").exists()


def read_pip_settings(python: str = sys.executable) -> dict[str, str]:
    """The user's pip settings (files and variables), as pip itself resolves them; empty without pip."""
    command = [python, "-m", "pip", "config", "list"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return parse_pip_settings(answer.stdout) if answer.returncode == 0 else {}


def parse_pip_settings(listing: str) -> dict[str, str]:
    """Read `pip config list`: `install.` and the environment override `global.`, as in pip."""
    found: dict[str, tuple[int, str]] = {}
    precedence = {"global": 0, "install": 1, ":env:": 2}
    for line in listing.splitlines():
        key, _, quoted = line.partition("=")
        section, _, option = key.rpartition(".")
        rank = precedence.get(section)
        if rank is None or (option in found and found[option][0] > rank):
            continue
        found[option] = (rank, quoted.strip("'\"").replace("\\n", " ").strip())
    return {option: value for option, (_, value) in found.items() if value}


def for_this_process(python: str = sys.executable) -> dict[str, str]:
    """The installers' environment, from this process's variables and the settings of `python`'s pip."""
    return installer_environment(os.environ, read_pip_settings(python))
