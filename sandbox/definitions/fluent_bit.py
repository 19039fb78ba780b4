"""Reads `helm-values/fluent-bit.yaml`: what the fluent/fluent-bit chart would configure Fluent Bit with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sandbox.definitions import helm_values
from sandbox.definitions.errors import DefinitionError
from sandbox.definitions.fluent_bit_classic import Section, parse

#: The chart's own values that its texts refer to.
CHART_DEFAULTS: Mapping[str, Any] = {"flush": 1, "logLevel": "info", "metricsPort": 2020}

#: Where the chart mounts what it makes of the values, below /fluent-bit; `render` uses the same layout.
CONFIG_FOLDER = PurePosixPath("etc/conf")
SCRIPT_FOLDER = PurePosixPath("scripts")
PARSERS_FILE = "custom_parsers.conf"

_KINDS = {
    "service": {"SERVICE"},
    "inputs": {"INPUT"},
    "filters": {"FILTER"},
    "outputs": {"OUTPUT"},
    "customParsers": {"PARSER", "MULTILINE_PARSER"},
}


@dataclass(frozen=True)
class FluentBit:
    """What one Fluent Bit is configured with.

    Attributes:
        file: The values file that errors name.
        sections: All sections in the order of the chart's files.
        scripts: Lua scripts by file name.
        environment: What its configuration may refer to.
    """

    file: Path
    sections: tuple[Section, ...]
    scripts: Mapping[str, str]
    environment: Mapping[str, str]

    def of_kind(self, kind: str) -> list[Section]:
        """The sections called `kind`, in order."""
        return [section for section in self.sections if section.kind == kind]


def read_values(files: Sequence[Path]) -> dict[str, Any]:
    """The merged values of `files`, later ones winning, over the chart's defaults."""
    return helm_values.read(files, CHART_DEFAULTS)


def environment_of(values: Mapping[str, Any], file: Path) -> dict[str, str]:
    """The environment that the values' `env` and `envWithTpl` lists give the container."""
    environment: dict[str, str] = {}
    for name in ("env", "envWithTpl"):
        for position, entry in enumerate(values.get(name) or ()):
            if not isinstance(entry, Mapping) or "name" not in entry:
                raise DefinitionError(file, f"{name}[{position}]", "is no environment variable: it has no name")
            if "value" not in entry:
                continue  # valueFrom: only a cluster can resolve it; without it the process environment must hold it
            text = str(entry["value"])
            if name == "envWithTpl":
                text = helm_values.expand(text, values, file, f"{name}[{position}]")
            environment[str(entry["name"])] = text
    return environment


def load(files: Sequence[Path], process_environment: Mapping[str, str]) -> FluentBit:
    """Read values files into sections; the process environment wins over what the values set.

    Raises:
        DefinitionError: A file, section, key or variable cannot be used; it says which.
    """
    file = files[0]
    values = read_values(files)
    environment = {**environment_of(values, file), **process_environment}
    sections: list[Section] = []
    for name, text in _config_texts(values, file).items():
        for section in parse(text, file, f"config.{name}", environment):
            if section.kind not in _KINDS[name]:
                raise section.error(f"a [{section.kind}] section does not belong into config.{name}")
            sections.append(section)
    return FluentBit(file, tuple(sections), _scripts(values, file), environment)


def render(values: Mapping[str, Any], file: Path = Path("values.yaml")) -> dict[str, str]:
    """The files that the chart mounts for the real Fluent Bit, by path below /fluent-bit.

    Written below any folder they serve a local `fluent-bit --config <folder>/etc/conf/fluent-bit.conf` too, with
    CALI_SHIPPER_SCRIPTS in its environment, the folder of the scripts. Its kinesis_streams output always speaks TLS and
    verifies the certificate: CALI_KINESIS_ENDPOINT must then be a host that answers https, CALI_KINESIS_PORT its port
    and CALI_KINESIS_CA_FILE the authority that signed its certificate.
    """
    texts = _config_texts(values, file)
    parsers = texts.pop("customParsers", "")
    files = {str(CONFIG_FOLDER / "fluent-bit.conf"): "\n".join(texts.values())}
    files[str(CONFIG_FOLDER / PARSERS_FILE)] = parsers
    for name, script in _scripts(values, file).items():
        files[str(SCRIPT_FOLDER / name)] = script
    return files


def _config_texts(values: Mapping[str, Any], file: Path) -> dict[str, str]:
    config = values.get("config") or {}
    unknown = set(config) - set(_KINDS) - {"upstream", "extraFiles"}
    if unknown:
        raise DefinitionError(file, "config", f"unknown key {min(unknown)}", hint=f"known: {', '.join(_KINDS)}")
    for name in ("upstream", "extraFiles"):
        if config.get(name):
            raise DefinitionError(file, f"config.{name}", "is not supported")
    return {
        name: helm_values.expand(str(config[name]), values, file, f"config.{name}") for name in _KINDS if name in config
    }


def _scripts(values: Mapping[str, Any], file: Path) -> dict[str, str]:
    scripts = values.get("luaScripts") or {}
    return {name: helm_values.expand(str(text), values, file, f"luaScripts.{name}") for name, text in scripts.items()}
