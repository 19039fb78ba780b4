"""What the locks say, without asking a running program."""

from __future__ import annotations

import json
from functools import cache

from sandbox.errors import SandboxError
from sandbox.instance import REPOSITORY


@cache
def version(lock: str, package: str) -> str:
    """The version of `package` in `requirements/<lock>.txt`; raises SandboxError when it is not in there."""
    path = REPOSITORY / "requirements" / f"{lock}.txt"
    for line in path.read_text().splitlines():
        if line.startswith(f"{package}=="):
            return line.split("==")[1].split()[0]
    raise SandboxError(f"{path} does not lock {package}", hint="python3 requirements/lock.py")


@cache
def npm_version(package: str) -> str:
    """The version of `package` in `requirements/<package>/package-lock.json`."""
    lock = json.loads((REPOSITORY / "requirements" / package / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{package}"]["version"])
