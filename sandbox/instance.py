"""Where one sandbox keeps what it makes: folders, ports, and the version of that layout."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.errors import SandboxError, UsageError

#: Raised by one when the layout below changes so that an older folder cannot be read.
LAYOUT_VERSION = 1

#: Set on every process of an instance, so that `down` finds it even after its supervisor died.
OWNER_VARIABLE = "CALI_SANDBOX_OWNER"

REPOSITORY = Path(__file__).resolve().parent.parent


class LayoutVersionError(SandboxError):
    """The state folder was written by another version of the sandbox.

    Attributes:
        found: The version in the folder.
    """

    def __init__(self, path: Path, found: object) -> None:
        super().__init__(
            f"{path} holds state of layout {found}, this sandbox writes layout {LAYOUT_VERSION}",
            hint="`sandbox clean` with the version that made it, or remove the folder",
        )
        self.found = found


@dataclass(frozen=True)
class Home:
    """The folder of everything the sandbox makes (`.sandbox/`, moved by CALI_HOME)."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home named by CALI_HOME, else `.sandbox/` in the checkout."""
        return cls(Path(os.environ.get("CALI_HOME") or REPOSITORY / ".sandbox").expanduser().resolve())

    @property
    def environments(self) -> Path:
        """Python environments, one folder each."""
        return self.root / "envs"

    @property
    def tools(self) -> Path:
        """What is installed and is not a Python environment: jars, provider mirrors."""
        return self.root / "tools"

    @property
    def charts(self) -> Path:
        """Helm charts that were fetched, and helm's own caches."""
        return self.root / "charts"

    def instance(self, name: str | None = None) -> Instance:
        """The instance called `name` (default: CALI_INSTANCE, else `default`)."""
        chosen = name or os.environ.get("CALI_INSTANCE") or "default"
        if not chosen.replace("-", "").replace("_", "").isalnum():
            raise UsageError(f"CALI_INSTANCE is {chosen!r}", hint="use letters, digits, - and _")
        return Instance(self, chosen)


@dataclass(frozen=True)
class Instance:
    """One sandbox: its folders and what is remembered of it between commands."""

    home: Home
    name: str

    @property
    def root(self) -> Path:
        """The instance's own folder."""
        return self.home.root / "instances" / self.name

    @property
    def logs(self) -> Path:
        """One log file a service."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """The supervisor's configuration, pid file and log."""
        return self.root / "run"

    @property
    def containers(self) -> Path:
        """The container logs the shipper tails; /var/log/containers on a Kubernetes node."""
        return self.root / "containers"

    @property
    def socket(self) -> Path:
        """The supervisor's socket: in the temporary folder, since a socket path ends at about 100 bytes."""
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"cali-{os.getuid()}-{digest}" / "supervisor.sock"

    def state(self, service: str) -> Path:
        """The folder that keeps `service`'s data over a restart."""
        path = self.root / "state" / service
        path.mkdir(parents=True, exist_ok=True)
        return path

    def create(self) -> None:
        """Make the folders, readable by their owner alone; refuse a folder of another layout."""
        self.check_version()
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for path in (self.logs, self.run, self.containers):
            path.mkdir(parents=True, exist_ok=True)

    def check_version(self) -> None:
        """Raise LayoutVersionError when the folder's layout is another one."""
        self.read()

    def read(self) -> Memory:
        """What the last `up` remembered; empty when there was none.

        Raises:
            LayoutVersionError: Another version of the sandbox wrote it.
            SandboxError: It cannot be read.
        """
        path = self.root / "instance.json"
        if not path.exists():
            return Memory()
        try:
            content = dict(json.loads(path.read_text()))
            # First of all: another version's may hold what this one does not know.
            if (found := content.get("version")) != LAYOUT_VERSION:
                raise LayoutVersionError(self.root, found)
            return Memory(**content)
        except (ValueError, TypeError) as error:
            # What runs is found without this file; `clean` refuses to guess only as long as it is there.
            hint = "remove that file; then `sandbox clean`, with --target if it ran on another than embedded"
            raise SandboxError(f"{path} cannot be read: {error}", hint=hint) from error

    def write(self, memory: Memory) -> None:
        """Remember `memory`, in one step."""
        path = self.root / "instance.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(vars(memory), indent=2) + "\n")
        draft.replace(path)


@dataclass
class Memory:
    """What an instance remembers between commands.

    Attributes:
        target: The target it was brought up on; empty when it never was.
        state: `down`, `starting` or `up`.
        ports: Service name to port.
        outputs: Terraform's outputs of the last apply.
        variant: Choices of the last `up` that are not ports, such as the emulator.
    """

    version: int = LAYOUT_VERSION
    target: str = ""
    state: str = "down"
    ports: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    variant: dict[str, str] = field(default_factory=dict)
