"""The Debian packages of an engine and of what builds base images."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sandbox.errors import PrerequisiteError, SandboxError

#: Program to the package that has it.
PACKAGES = {"dockerd": "docker.io", "iptables": "iptables", "mmdebstrap": "mmdebstrap"}

#: Where root's programs are, which a user's PATH may leave out.
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


class PackagesError(SandboxError):
    """The package manager failed.

    Attributes:
        log: What it printed.
    """

    def __init__(self, command: str, log: Path) -> None:
        super().__init__(f"`{command}` failed", hint=f"all of it: {log}")
        self.log = log


def missing() -> list[str]:
    """The packages whose programs are not there."""
    return [package for program, package in PACKAGES.items() if shutil.which(program, path=SYSTEM_PATH) is None]


def install(packages: list[str], log: Path, show: Callable[[str], None]) -> None:
    """Install `packages` with apt; raises PrerequisiteError where that cannot be done."""
    if shutil.which("apt-get") is None:
        raise PrerequisiteError(
            f"{', '.join(packages)} are missing and this is no Debian or Ubuntu",
            hint="install Docker Engine your system's way and start it",
        )
    if os.geteuid() != 0:
        raise PrerequisiteError(
            f"{', '.join(packages)} are missing, and only root may install them",
            hint="sudo bin/sandbox engine start",
        )
    words = [["update"], ["install", "--yes", "--no-install-recommends", *packages]]
    with log.open("w") as file:
        for arguments in words:
            show(f"apt-get {arguments[0]}")
            answer = subprocess.run(
                ["apt-get", "--quiet", *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                check=False,
            )
            if answer.returncode != 0:
                raise PackagesError(f"apt-get {' '.join(arguments)}", log)
