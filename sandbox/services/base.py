"""What every part of the sandbox is: a small class that says how to run it, when it is ready, and what it really is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import httpx

from sandbox.errors import SandboxError
from sandbox.instance import Instance
from sandbox.ports import LOOPBACK

Nature = Literal["real", "emulated", "stand-in"]

#: Seconds a probe waits for an answer: a part that is slower than this is not ready.
PROBE_TIMEOUT_S = 2.0
_REASON_CHARACTERS = 200


class NotReadyError(SandboxError):
    """A part does not do its work (yet).

    Attributes:
        service: Its name.
        reason: What was asked and what came back.
    """

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} is not ready: {reason}", hint=f"see `sandbox logs {service}`")
        self.service = service
        self.reason = reason


@dataclass(frozen=True)
class Program:
    """A process as the supervisor starts it.

    Attributes:
        argv: The command, never a shell string.
        environment: All of its environment besides PATH, HOME and the like; nothing is inherited from the user.
        directory: Its working directory.
        stop_signal: What asks it to end.
        stop_wait_s: Seconds until it is killed after that.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: Literal["TERM", "INT"] = "TERM"
    stop_wait_s: int = 10


@dataclass(frozen=True)
class ProcessState:
    """What runs of a part: a process, a container or pods.

    Attributes:
        state: RUNNING, STARTING, BACKOFF, STOPPING, STOPPED, EXITED, FATAL or UNKNOWN, in supervisord's words.
        pid: Its process id, None when it does not run or is no process of this machine.
        detail: Uptime, or why it ended.
    """

    state: str
    pid: int | None
    detail: str


class Part(ABC):
    """One part as users see it, however it is run: when it is ready, and what it really is.

    Attributes:
        name: What users call it in `sandbox logs NAME`.
        nature: `real`, `emulated` or `stand-in`.
        ready_s: Seconds it may take to become ready on a slow machine.
    """

    name: str
    nature: Nature
    ready_s: float = 60.0

    @property
    @abstractmethod
    def endpoint(self) -> str:
        """Where it is reached."""

    @abstractmethod
    def probe(self) -> None:
        """Return when the part does its work; raise NotReadyError when it does not."""

    @abstractmethod
    def version(self) -> str:
        """The version of what runs."""

    def get(self, path: str) -> httpx.Response:
        """GET `path` from the part itself; raises NotReadyError when it does not answer 2xx in time."""
        try:
            answer = httpx.get(f"{self.endpoint}{path}", timeout=PROBE_TIMEOUT_S, trust_env=False)
        except httpx.HTTPError as error:
            reason = f"GET {self.endpoint}{path}: {type(error).__name__}"
            raise NotReadyError(self.name, reason) from error
        if not answer.is_success:
            said = " ".join(answer.text.split())[:_REASON_CHARACTERS]
            raise NotReadyError(self.name, f"GET {path} answered {answer.status_code}: {said}")
        return answer


class Service(Part):
    """A part that is a process of this machine.

    Attributes:
        default_port: Its port unless that is taken.
        extra_ports: Further ports it needs, by name, with their defaults.
    """

    default_port: ClassVar[int]
    extra_ports: ClassVar[Mapping[str, int]] = {}

    def __init__(self, instance: Instance, ports: Mapping[str, int]) -> None:
        self.instance = instance
        self.ports = ports
        self.port = ports.get(self.name, 0)

    @property
    def endpoint(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return self.instance.logs / f"{self.name}.log"

    @abstractmethod
    def program(self) -> Program:
        """The process to start."""
