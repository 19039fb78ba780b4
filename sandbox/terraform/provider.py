"""Which AWS provider terraform gets: the real one where it can be had, else the sandbox's own."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from sandbox.errors import UsageError
from sandbox.instance import REPOSITORY
from sandbox.tfprovider import schema

Choice = Literal["auto", "real", "own"]
Source = Literal["real", "own"]

VARIABLE = "CALI_TF_PROVIDER"
_ADDRESS = "registry.terraform.io/hashicorp/aws"
#: Terraform's own service discovery: when it answers, terraform can ask for the provider.
_DISCOVERY = "https://registry.terraform.io/.well-known/terraform.json"
#: A closed network often drops packets silently: nobody waits longer than this for an answer.
_PATIENCE_S = 3.0


@dataclass(frozen=True)
class Provider:
    """How terraform gets its provider.

    Attributes:
        source: `real` or `own`.
        cli_config: The configuration file of terraform's command line.
        program: What is started, where it is the sandbox's own.
    """

    source: Source
    cli_config: Path
    program: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What terraform's environment must say for it."""
        settings = {"TF_CLI_CONFIG_FILE": str(self.cli_config)}
        if self.source == "own":
            # Both ends talk over a socket file in a folder of their own: certificates would add nothing.
            settings["TF_DISABLE_PLUGIN_TLS"] = "1"
        return settings


def choice(environment: Mapping[str, str] = os.environ) -> Choice:
    """What CALI_TF_PROVIDER asks for."""
    value = environment.get(VARIABLE) or "auto"
    if value not in ("auto", "real", "own"):
        raise UsageError(f"{VARIABLE} is {value!r}", hint="it can be auto, real or own")
    return value  # type: ignore[return-value] # narrowed by the line above, which mypy does not see


def _user_config() -> Path | None:
    """The user's own command line configuration, which may name a mirror."""
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    path = Path(named) if named else Path.home() / ".terraformrc"
    return path if path.is_file() else None


def _obtainable(cache: Path) -> bool:
    if any(cache.glob(f"{_ADDRESS}/*/*/terraform-provider-aws*")):
        return True
    user = _user_config()
    if user and "provider_installation" in user.read_text():
        return True
    try:
        return httpx.get(_DISCOVERY, timeout=_PATIENCE_S, follow_redirects=True).is_success
    except (httpx.HTTPError, OSError):
        return False


def provide(tools: Path, platform: str, wanted: Choice | None = None) -> Provider:
    """Decide, and write what terraform needs for it.

    The decision of `auto` is kept in `tools`: later runs need no network, and never change the provider of a state.

    Args:
        tools: Where provider mirrors and caches are kept.
        platform: Terraform's name of the machine, such as linux_amd64.
        wanted: `auto`, `real` or `own`; CALI_TF_PROVIDER by default.
    """
    tools.mkdir(parents=True, exist_ok=True)
    cache, decision = tools / "plugin-cache", tools / "provider"
    wanted = wanted or choice()
    if wanted == "auto" and decision.exists():
        wanted = "real" if decision.read_text().strip() == "real" else "own"
    if wanted == "auto":
        wanted = "real" if _obtainable(cache) else "own"
        decision.write_text(f"{wanted}\n")
    if wanted == "real":
        return Provider("real", _real(tools, cache))
    return _own(tools, platform)


def _real(tools: Path, cache: Path) -> Path:
    user = _user_config()
    if user:
        return user
    cache.mkdir(parents=True, exist_ok=True)
    config = tools / "real.tfrc"
    config.write_text(f'disable_checkpoint = true\nplugin_cache_dir = "{cache}"\n')
    return config


def _own(tools: Path, platform: str) -> Provider:
    version = schema.load().provider_version
    mirror = tools / "mirror"
    folder = mirror / _ADDRESS / version / platform
    folder.mkdir(parents=True, exist_ok=True)
    wrapper = folder / f"terraform-provider-aws_v{version}"
    command = f"PYTHONPATH={shlex.quote(str(REPOSITORY))} exec {shlex.quote(sys.executable)} -m sandbox.tfprovider\n"
    text = (
        f"#!/bin/sh\n# The sandbox's own provider, in the place where terraform looks for the published one.\n{command}"
    )
    if not wrapper.exists() or wrapper.read_text() != text:
        wrapper.write_text(text)
    wrapper.chmod(0o755)
    config = tools / "own.tfrc"
    config.write_text(
        "disable_checkpoint = true\n"
        "provider_installation {\n"
        f'  filesystem_mirror {{\n    path    = "{mirror}"\n    include = ["{_ADDRESS}"]\n  }}\n'
        f'  direct {{\n    exclude = ["{_ADDRESS}"]\n  }}\n'
        "}\n"
    )
    return Provider("own", config, text)
