"""What the machine must have before anything is installed: each check is quick and fails with one line."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.errors import PrerequisiteError

OLDEST_PYTHON = (3, 11)

#: What a first installation takes, with room for the state of a running sandbox.
NEEDED_GIB = 4.0

#: What running takes once all is installed.
NEEDED_GIB_INSTALLED = 0.5

#: Seconds the registry has to answer. One that cannot be reached says so at once; a mirror far away, or a busy machine,
#: takes seconds, and must not be taken for none.
REGISTRY_TIMEOUT_S = 15.0

#: A small locked package whose page any mirror of ours must have.
PROBED_PACKAGE = "mdurl"


class MissingError(PrerequisiteError):
    """The machine lacks something.

    Attributes:
        what: What is missing.
        purpose: What it was for.
        remedy: How to mend it.
    """

    def __init__(self, what: str, *, purpose: str, remedy: str) -> None:
        super().__init__(f"{what} (needed {purpose})", hint=remedy)
        self.what = what
        self.purpose = purpose
        self.remedy = remedy


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Python must be new enough and able to make environments."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise MissingError(
            f"python3 is {'.'.join(map(str, version))}",
            purpose="to run the sandbox: 3.11 or newer",
            remedy="install Python 3.11 or newer and name it: make PYTHON=/path/to/python3.11 ...",
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise MissingError(
            "python3 has no venv module",
            purpose="to make the sandbox's environments",
            remedy="install it (Debian, Ubuntu: apt install python3-venv)",
        )


def check_terraform() -> None:
    """The real terraform must be there, and new enough for the definitions; raises PrerequisiteError."""
    # Here, because the bootstrap reads this file before there is any package; it builds environments without terraform.
    from sandbox.terraform.command import Binary  # noqa: PLC0415

    Binary.find()


def check_disk(folder: Path, needed_gib: float = NEEDED_GIB) -> None:
    """The file system of `folder` must have room, and must take files."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free_gib = shutil.disk_usage(existing).free / 2**30
    if free_gib < needed_gib:
        raise MissingError(
            f"{existing} has {free_gib:.1f} GiB free of the {needed_gib:.1f} GiB",
            purpose="to install the emulators and keep their state",
            remedy="free some space, or set CALI_HOME to a folder on a larger disk",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise MissingError(
            f"{folder} cannot be written: {error.strerror}",
            purpose="to keep all that the sandbox makes",
            remedy="set CALI_HOME to a folder of your own",
        ) from error


def check_registry(environment: Mapping[str, str], python: str = sys.executable) -> None:
    """The package registry the user's pip is set to must answer; call it only when something is to be installed.

    Args:
        environment: The installers' environment.
        python: One that has pip.
    """
    if python == sys.executable and importlib.util.find_spec("pip") is None:
        return  # The first installation then finds out by itself.
    command = [python, "-m", "pip", "index", "versions", PROBED_PACKAGE, "--retries", "0", "--timeout", "12"]
    try:
        answer = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=REGISTRY_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise registry_missing("no answer in time") from None
    if answer.returncode != 0:
        raise registry_missing(answer.stderr)


def registry_missing(output: str) -> MissingError:
    """The error for an installer that did not reach its registry, from what it printed."""
    purpose = "to install the sandbox's tools; only the first time"
    if "certificate" in output.lower():
        return MissingError(
            "the package registry's certificate is not trusted",
            purpose=purpose,
            remedy="set SSL_CERT_FILE to a file with your organisation's CA",
        )
    return MissingError(
        "no package registry answers",
        purpose=purpose,
        remedy="connect, or set your proxy (HTTPS_PROXY) or mirror (PIP_INDEX_URL)",
    )


def check_room(home: Path, *, installing: bool) -> None:
    """What any command needs: Python, and room.

    Args:
        home: Where everything will be kept.
        installing: Whether something must be installed: a finished installation needs little room.
    """
    check_python()
    check_disk(home, NEEDED_GIB if installing else NEEDED_GIB_INSTALLED)


def check_machine(home: Path, *, installing: bool) -> None:
    """What an `up` needs and can be told without network; see `check_room` for the arguments."""
    check_room(home, installing=installing)
    check_terraform()
