"""Free ports on 127.0.0.1: a default that is taken moves on, one that was asked for does not."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from sandbox.errors import PrerequisiteError, SandboxError, UsageError
from sandbox.instance import OWNER_VARIABLE, Home, Instance

LOOPBACK = "127.0.0.1"

#: How long a port handed out but not yet bound stays reserved for the sandbox it was given to.
RESERVATION_S = 120


class PortTakenError(PrerequisiteError):
    """A port that was asked for is in use.

    Attributes:
        service: Whose port it should have been.
        port: The port.
    """

    def __init__(self, service: str, port: int) -> None:
        super().__init__(
            f"port {port}, asked for by CALI_PORT_{variable_suffix(service)} for {service}, is in use",
            hint="end what listens there, or ask for another",
        )
        self.service = service
        self.port = port


class PortLostError(SandboxError):
    """A stopped service's port was taken by a stranger.

    Attributes:
        service: Whose port it was.
        port: The port.
    """

    def __init__(self, service: str, port: int) -> None:
        super().__init__(
            f"port {port} of {service} was taken by another program meanwhile",
            hint="end that, or `sandbox down` and `sandbox up`, which takes another port",
        )
        self.service = service
        self.port = port


def variable_suffix(service: str) -> str:
    """The ending of a service's port variable: `log-generator` -> `LOG_GENERATOR`."""
    return service.upper().replace("-", "_")


def requested(services: Mapping[str, int], environment: Mapping[str, str]) -> dict[str, int]:
    """The ports asked for by CALI_PORT_<SERVICE>; raises UsageError for one that is no port."""
    asked = {}
    for service in services:
        name = f"CALI_PORT_{variable_suffix(service)}"
        text = environment.get(name)
        if not text:
            continue
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise UsageError(f"{name} is {text!r}", hint="use a port number from 1 to 65535")
        asked[service] = int(text)
    return asked


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # What a server does: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(
    defaults: Mapping[str, int],
    *,
    environment: Mapping[str, str],
    running: Collection[str],
    remembered: Mapping[str, int],
    owner: str,
) -> dict[str, int]:
    """A port for every service: what runs keeps its own, and only what is to be started needs a free one.

    Args:
        defaults: Service name to default port.
        environment: Asks for ports by CALI_PORT_<SERVICE>.
        running: The services that run.
        remembered: Ports of an earlier run.
        owner: Names the sandbox; see `allocate`.

    Raises:
        PortTakenError: A port that `environment` asks for is in use.
        UsageError: Such a variable holds no port.
    """
    asked = requested(defaults, environment)
    own = {name: port for name, port in remembered.items() if name in running}
    chosen = allocate(
        {name: port for name, port in defaults.items() if name not in own},
        asked={name: port for name, port in asked.items() if own.get(name) != port},
        remembered=remembered,
        owner=owner,
    )
    return {**own, **chosen}


def allocate(
    defaults: Mapping[str, int], *, asked: Mapping[str, int], remembered: Mapping[str, int], owner: str
) -> dict[str, int]:
    """Give every service a port: the one asked for, else the remembered one, else the default or the next free.

    Args:
        defaults: Service name to default port.
        asked: Ports that must be exactly these.
        remembered: Ports of an earlier run, kept while they are free.
        owner: Names the sandbox, so that its own reservations do not stop it.

    Raises:
        PortTakenError: One of `asked` is in use.
    """
    with _reservations() as held:
        others = {int(port) for port, entry in held.items() if entry["owner"] != owner}
        chosen: dict[str, int] = {}
        for service, port in asked.items():
            if not is_free(port) or port in chosen.values():
                raise PortTakenError(service, port)
            chosen[service] = port
        for service, default in defaults.items():
            if service in chosen:
                continue
            candidates = [remembered[service]] if service in remembered else []
            candidates += range(default, default + 2000)
            free = (p for p in candidates if p not in others and p not in chosen.values() and is_free(p))
            chosen[service] = next(free)
        for port in chosen.values():
            held[str(port)] = {"owner": owner, "at": time.time()}
    return chosen


@contextmanager
def _reservations() -> Iterator[dict[str, dict[str, object]]]:
    """The ports of any sandbox of this user that is up or about to be, locked while they are changed.

    A service that is stopped, or that died and is being restarted, does not listen; its port is still its own.
    """
    path = Path(tempfile.gettempdir()) / f"cali-ports-{os.getuid()}.json"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            entries = json.loads(file.read() or "{}")
        except ValueError:
            entries = {}
        fresh = {p: e for p, e in entries.items() if time.time() - e["at"] < RESERVATION_S or _is_up(e["owner"])}
        yield fresh
        file.seek(0)
        file.truncate()
        json.dump(fresh, file)


def _is_up(owner: str) -> bool:
    """Whether the supervisor of the sandbox in the folder `owner` lives, or its containers are not known to be gone."""
    root = Path(owner)
    try:
        pid = int((root / "run" / "supervisord.pid").read_text())
        return psutil.Process(pid).environ().get(OWNER_VARIABLE) == owner
    except FileNotFoundError:
        # Containers have no supervisor; where one was, its end is the sandbox's.
        return not (root / "run" / "supervisord.conf").exists() and _is_remembered(root)
    except (OSError, ValueError, psutil.Error):
        return False


def _is_remembered(root: Path) -> bool:
    """Whether the last `up` of the sandbox in `root` was not followed by a `down`."""
    try:
        return Instance(Home(root.parent.parent), root.name).read().state != "down"
    except (SandboxError, OSError):
        return False
