"""Make the environments that everything else runs in: `python3 sandbox/bootstrap.py [--dev]`.

Standard library alone, for the user's own Python. Checks what the machine must have, installs uv with pip and the
sandbox with uv, and does nothing when that was done before. Progress goes to stderr; exit code 3 means something is
missing on the machine.
"""

from __future__ import annotations

import argparse
import os
import pwd
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# As a script this folder comes first on the path, where a module named like one of Python's own would shadow it.
sys.path[0] = str(REPOSITORY)

if sys.version_info < (3, 11):  # noqa: UP036 - this file alone is read by whatever `python3` is
    sys.stderr.write(
        "error: python3 is {}.{} (needed to run the sandbox: 3.11 or newer)"
        " — install one and name it: make PYTHON=/path/to/python3.11 ...\n".format(*sys.version_info[:2])
    )
    sys.exit(3)

from sandbox.errors import SandboxError  # noqa: E402 - after the checks above
from sandbox.install import network, prerequisites, stamps  # noqa: E402
from sandbox.install.locking import installation_lock  # noqa: E402
from sandbox.install.uv import Installer, size  # noqa: E402

_REQUIREMENTS = REPOSITORY / "requirements"


class Bootstrap:
    """The two environments everything else needs: uv's, and the sandbox's (or the developers').

    Args:
        home: Where they go.
        development: Whether the tools of `make test` are wanted as well.
    """

    def __init__(self, home: Path, *, development: bool) -> None:
        self.home = home
        self.name = "dev" if development else "sandbox"
        self.uv = home / "envs" / "uv"
        self.target = home / "envs" / self.name
        self.uv_lock = _REQUIREMENTS / "uv.txt"
        self.target_lock = _REQUIREMENTS / f"{self.name}.txt"
        self.uv_digest = stamps.digest([self.uv_lock], str(self.uv))
        sources = [self.target_lock, REPOSITORY / "pyproject.toml"]
        self.target_digest = stamps.digest(sources, str(self.target), str(REPOSITORY))

    @property
    def is_done(self) -> bool:
        """Whether both environments are complete and of the committed locks."""
        return stamps.is_installed(self.uv, self.uv_digest) and stamps.is_installed(self.target, self.target_digest)

    def run(self) -> None:
        """Check the machine; install what is not there."""
        if self.is_done:
            return  # what a verb needs beyond its environment, the verb itself checks
        prerequisites.check_room(self.home, installing=True)
        environment = network.for_this_process()
        with installation_lock(self.home, _say):
            if self.is_done:
                return
            prerequisites.check_registry(environment)
            if not stamps.is_installed(self.uv, self.uv_digest):
                self._install_uv(environment)
            if not stamps.is_installed(self.target, self.target_digest):
                self._install_target(environment)

    def _installer(self, name: str, environment: dict[str, str]) -> Installer:
        return Installer(name, environment, self.home / "tools" / "logs" / f"{name}.log")

    def _install_uv(self, environment: dict[str, str]) -> None:
        begin = _begin("uv", "the installer")
        stamps.forget(self.uv)
        installer = self._installer("uv", environment)
        installer.run([sys.executable, "-m", "venv", "--clear", str(self.uv)])
        pip = [str(self.uv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        installer.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(self.uv_lock)])
        stamps.remember(self.uv, self.uv_digest)
        _end("uv", begin, self.uv)

    def _install_target(self, environment: dict[str, str]) -> None:
        begin = _begin(self.name, "the sandbox's own environment")
        stamps.forget(self.target)
        installer = self._installer(self.name, environment)
        uv = self.uv / "bin" / "uv"
        installer.make(uv, self.target, [self.target_lock])
        installer.add_project(uv, self.target, REPOSITORY, self.target / "bin" / "python")
        stamps.remember(self.target, self.target_digest)
        _end(self.name, begin, self.target)


def be_the_caller(environment: MutableMapping[str, str] = os.environ, checkout: Path = REPOSITORY) -> None:
    """Under sudo in the caller's own checkout, go on as the caller, who could not write beside files of root's."""
    number = environment.get("SUDO_UID", "")
    if os.geteuid() == 0 and number.isdecimal() and checkout.stat().st_uid == int(number):
        caller = pwd.getpwuid(int(number))
        os.initgroups(caller.pw_name, caller.pw_gid)
        os.setgid(caller.pw_gid)
        os.setuid(caller.pw_uid)
        environment["HOME"] = caller.pw_dir


def _begin(name: str, what: str) -> float:
    _say(f"installing {name}: {what} ...")
    return time.monotonic()


def _end(name: str, begin: float, folder: Path) -> None:
    _say(f"installed {name} in {time.monotonic() - begin:.1f} s, {size(folder) / 1e6:.0f} MB", colour=32)


def _say(text: str, *, colour: int = 36) -> None:
    """One line of progress, coloured on a terminal only."""
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    sys.stderr.write(f"\033[{colour}m{text}\033[0m\n" if coloured else f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Install; the exit code is 0, 3 when something is missing on the machine, else 1."""
    parser = argparse.ArgumentParser(prog="sandbox/bootstrap.py", description="Make the sandbox's environments.")
    parser.add_argument("--dev", action="store_true", help="the tools of `make test` as well")
    development = parser.parse_args().dev
    be_the_caller()
    home = Path(os.environ.get("CALI_HOME") or REPOSITORY / ".sandbox").expanduser().resolve()
    try:
        Bootstrap(home, development=development).run()
    except SandboxError as error:
        _say(f"error: {error}", colour=31)
        return int(error.exit_code)
    except KeyboardInterrupt:
        _say("error: interrupted; the next run goes on", colour=31)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
