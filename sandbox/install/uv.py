"""Makes one locked Python environment with uv."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import ExitCode, PrerequisiteError, SandboxError
from sandbox.install.prerequisites import registry_missing

#: Words in an installer's output that mean it did not reach the registry.
_UNREACHED = (
    "failed to fetch", "error sending request", "connection", "temporary failure in name resolution",
    "certificate", "timed out", "could not connect", "dns error", "no matching distribution found",
)  # fmt: skip


class InstallationError(SandboxError):
    """An environment could not be made.

    Attributes:
        name: The environment.
        log: The file with all that the installer printed.
    """

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"the environment {name} could not be installed: {reason}", hint=f"all of it: {log}")
        self.name = name
        self.log = log


@dataclass(frozen=True)
class Installer:
    """Runs the steps of one environment's installation and keeps what they print.

    Attributes:
        name: The environment.
        environment: The environment variables of every step.
        log: Where the steps' output goes.
    """

    name: str
    environment: Mapping[str, str]
    log: Path

    def run(self, argv: Sequence[str], *, cwd: Path | None = None) -> None:
        """Run one step; raises MissingError without a registry, else InstallationError."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(argv)}\n")
            log.flush()
            begin = log.tell()
            answer = subprocess.run(
                argv,
                env=dict(self.environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=False,  # The installation lock goes along; nothing else here is inheritable.
                check=False,
            )
        if answer.returncode == 0:
            return
        with self.log.open("rb") as log:
            log.seek(begin)
            output = log.read().decode(errors="replace")
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"exit code {answer.returncode}"
        if answer.returncode == ExitCode.PREREQUISITE:  # A step of our own, which says it in one line.
            raise PrerequisiteError(reason)
        if any(word in output.lower() for word in _UNREACHED):
            raise registry_missing(output)
        raise InstallationError(self.name, reason, self.log)

    def make(
        self,
        uv: Path,
        folder: Path,
        locks: Sequence[Path],
        *,
        without_dependencies: Sequence[Path] = (),
        python: Path | None = None,
    ) -> None:
        """Make the environment anew with exactly what the locks name.

        Args:
            uv: The uv program.
            folder: The environment; an older one is replaced.
            locks: Requirement files with hashes.
            without_dependencies: Lock files of which only what they name is wanted.
            python: The Python it is for; this one when it is None.
        """
        interpreter = str(python or sys.executable)
        self.run([str(uv), "venv", "--quiet", "--no-project", "--clear", "--python", interpreter, str(folder)])
        target = ["--python", str(folder / "bin" / "python")]
        self.run([str(uv), "pip", "sync", *target, "--require-hashes", *map(str, locks)])
        for lock in without_dependencies:
            self.run([str(uv), "pip", "install", *target, "--require-hashes", "--no-deps", "-r", str(lock)])

    def add_project(self, uv: Path, folder: Path, project: Path, builder: Path) -> None:
        """Install `project` editable into the environment, built without network by hatchling of `builder`.

        Building apart keeps the build backend out of the environments of the workloads.
        """
        with tempfile.TemporaryDirectory() as wheels:
            build = [str(builder), "-m", "hatchling", "build", "-t", "wheel:editable", "-d", wheels]
            self.run(build, cwd=project)
            [wheel] = Path(wheels).glob("*.whl")
            target = ["--python", str(folder / "bin" / "python")]
            self.run([str(uv), "pip", "install", *target, "--no-index", "--no-deps", "--reinstall", str(wheel)])


def size(folder: Path) -> int:
    """Bytes of all files in `folder`."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
