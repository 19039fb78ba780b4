"""What a container is to be: image, command, environment, the ports it is reached at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

#: The names by which containers and pods of a sandbox reach each other end in this; no public name does.
DOMAIN = "cali.internal"


def host_of(name: str) -> str:
    """The name of a container on its network."""
    return f"{name}.{DOMAIN}"


@dataclass(frozen=True)
class Definition:
    """One container.

    Attributes:
        image: A reference that the engine has.
        command: The arguments of its entry point, never a shell string; the image's own when empty.
        environment: All of its environment besides the image's.
        ports: Ports in the container by the port on 127.0.0.1 that each is published at.
        folders: Folders of this machine by where the container has them; a path that ends in `:ro` is only read.
        user: Whom it runs as, `uid:gid`; the image's own user when empty.
        memory: The most it may use, as Docker writes it.
        stop_signal: What asks it to end.
        stop_wait_s: Seconds until it is killed after that.
    """

    image: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, int] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    memory: str = "512m"
    stop_signal: str = "SIGTERM"
    stop_wait_s: int = 10

    @property
    def digest(self) -> str:
        """Tells a container of this definition from one of another."""
        text = json.dumps({**asdict(self), "ports": sorted(self.ports.items())}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
