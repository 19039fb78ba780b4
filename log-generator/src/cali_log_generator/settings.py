"""Settings: environment variables, each described once, here."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from cali_log_generator.errors import SettingError

LEVELS = ("DEBUG", "INFO", "WARN")
DEFAULT_RATIO = 0.02


class Output(StrEnum):
    """Where lines go."""

    STDOUT = "stdout"
    CRI = "cri"


class Mode(StrEnum):
    """How long the generator runs, and how evenly."""

    PACED = "paced"
    BURST = "burst"
    COUNT = "count"


@dataclass(frozen=True)
class _Kind:
    """How a variable's text becomes a value, and what it may be."""

    parse: Callable[[str], Any]
    expected: str


def _number(low: float, *, above: bool = False, high: float = math.inf) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text)
        if not math.isfinite(value) or value < low or value > high or (above and value == low):
            raise ValueError(text)
        return value

    return parse


def _whole(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if value < low:
            raise ValueError(text)
        return value

    return parse


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _levels(text: str) -> tuple[str, ...]:
    levels = tuple(name.upper() for name in _names(text))
    if not levels or not set(levels) <= set(LEVELS):
        raise ValueError(text)
    return levels


_RATE = _Kind(_number(0, above=True), "a number above 0")
_NAMES = _Kind(_names, "names separated by commas")


def _about(kind: _Kind, about: str) -> Mapping[str, Any]:
    return {"kind": kind, "about": about}


@dataclass(frozen=True)
class Settings:
    """What the environment asked for; the variable of a field is CALI_LOG_ and its name in capitals."""

    output: Output = field(
        default=Output.STDOUT,
        metadata=_about(
            _Kind(Output, "stdout or cri"), "stdout (a container), or cri (files as the kubelet keeps them)"
        ),
    )
    dir: Path | None = field(
        default=None, metadata=_about(_Kind(Path, "a folder"), "the folder of the CRI files; needed with cri")
    )
    mode: Mode = field(
        default=Mode.PACED,
        metadata=_about(
            _Kind(Mode, "paced, burst or count"), "paced (for ever), burst (with storms), count (then exit)"
        ),
    )
    rate: float = field(default=5.0, metadata=_about(_RATE, "records a second"))
    error_ratio: float | None = field(
        default=None,
        metadata=_about(
            _Kind(_number(0, high=1), "a number from 0 to 1"),
            f"the share of errors among the records; {DEFAULT_RATIO} unless DISTINCT_ERRORS says how many",
        ),
    )
    error_rate: float | None = field(
        default=None,
        metadata=_about(_RATE, "errors a second, evenly spaced, beside RATE background records; replaces ERROR_RATIO"),
    )
    seed: int = field(
        default=0, metadata=_about(_Kind(int, "a whole number"), "equal seeds write equal records (times aside)")
    )
    count: int = field(
        default=1000, metadata=_about(_Kind(_whole(1), "a whole number from 1"), "count mode: records in all")
    )
    distinct_errors: int | None = field(
        default=None,
        metadata=_about(
            _Kind(_whole(0), "a whole number from 0"),
            "count mode: how many different errors, each exactly once unless ERROR_RATIO asks for more",
        ),
    )
    burst_every: float = field(default=60.0, metadata=_about(_RATE, "burst mode: seconds from storm to storm"))
    burst_size: int = field(
        default=200,
        metadata=_about(_Kind(_whole(1), "a whole number from 1"), "burst mode: errors of one family in a storm"),
    )
    families: tuple[str, ...] = field(
        default=(), metadata=_about(_NAMES, "only errors of these families (`unfamiliar`: of none)")
    )
    services: tuple[str, ...] = field(default=(), metadata=_about(_NAMES, "only these services"))
    background_levels: tuple[str, ...] = field(
        default=LEVELS, metadata=_about(_Kind(_levels, "some of DEBUG,INFO,WARN"), "levels of the background records")
    )
    manifest: Path | None = field(
        default=None,
        metadata=_about(_Kind(Path, "a file"), "append a JSON line about each record written to this file; needs cri"),
    )
    manifest_bytes: int = field(
        default=64 * 1024 * 1024,
        metadata=_about(
            _Kind(_whole(1024), "a whole number from 1024"), "a manifest above this size is renamed to <name>.1"
        ),
    )
    namespace: str = field(default="cali", metadata=_about(_Kind(str, "a name"), "the namespace in the CRI file names"))
    rotate_bytes: int = field(
        default=10 * 1024 * 1024,
        metadata=_about(_Kind(_whole(1024), "a whole number from 1024"), "a file above this size is rotated"),
    )
    rotate_files: int = field(
        default=3,
        metadata=_about(
            _Kind(_whole(2), "a whole number from 2"), "files kept for each container, the current one included"
        ),
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises:
            SettingError: A value cannot be used; it names the variable.
        """
        values: dict[str, Any] = {}
        for item in dataclasses.fields(cls):
            name = variable(item.name)
            text = env.get(name, "").strip()
            if not text:
                continue
            kind: _Kind = item.metadata["kind"]
            try:
                values[item.name] = kind.parse(text)
            except ValueError:
                raise SettingError(name, text, kind.expected) from None
        settings = cls(**values)
        settings._check_together()
        return settings

    @property
    def ratio(self) -> float:
        """The share of errors, where it decides."""
        return DEFAULT_RATIO if self.error_ratio is None else self.error_ratio

    def _check_together(self) -> None:
        if self.output is Output.CRI and self.dir is None:
            raise SettingError("CALI_LOG_DIR", "", "a folder, because CALI_LOG_OUTPUT=cri")
        if self.output is Output.STDOUT and self.manifest is not None:
            # The runtime names the file and stamps the time; nothing here could know them.
            raise SettingError("CALI_LOG_MANIFEST", str(self.manifest), "nothing, unless CALI_LOG_OUTPUT=cri")
        if self.mode is Mode.COUNT and (self.distinct_errors or 0) > self.count:
            raise SettingError("CALI_LOG_DISTINCT_ERRORS", self.distinct_errors, f"at most CALI_LOG_COUNT={self.count}")


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return f"CALI_LOG_{name.upper()}"


def table() -> str:
    """Return every setting with its default, one a line."""
    lines = []
    for item in dataclasses.fields(Settings):
        value = item.default
        shown = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        lines.append(f"  {variable(item.name):<28} {shown:<16} {item.metadata['about']}")
    return "\n".join(lines)
