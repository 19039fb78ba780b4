"""What a target is: a place where the parts of a sandbox run, with one way to start, ask and end them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

from sandbox import ports
from sandbox.definitions import digest
from sandbox.errors import SandboxError, UsageError
from sandbox.iam import decisions
from sandbox.instance import REPOSITORY, Instance
from sandbox.knowledge import threshold
from sandbox.replicas import OneServer, Replicas
from sandbox.services.base import Part, ProcessState
from sandbox.settings import REGION
from sandbox.shipper.record_starts import RecordStarts
from sandbox.status import Report, take
from sandbox.stores import StoreFault, Stores
from sandbox.targets import asked
from sandbox.terminal import Terminal
from sandbox.terraform import LocalTarget


class OtherEmulatorError(SandboxError):
    """The sandbox runs on another emulator than the one that is asked for.

    Attributes:
        running: The one it runs on.
    """

    def __init__(self, running: str, asked: str) -> None:
        super().__init__(
            f"the sandbox runs on {running}, not on {asked}", hint="`sandbox down`, then `sandbox up` again"
        )
        self.running = running


class Target(ABC):
    """One instance on one target: its parts, where they are reached, what they do now.

    Attributes:
        name: As `--target` takes it.
        emulators: What can play AWS, as `--emulator` takes it; the first one does unless another is asked for.
        early: Parts to start once the stream exists, while the rest still gets ready; a target may start them later.
    """

    name: ClassVar[str]
    emulators: ClassVar[tuple[str, ...]]
    early: ClassVar[tuple[str, ...]] = ()

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.memory = instance.read()

    # What it consists of.

    @property
    @abstractmethod
    def servers(self) -> Mapping[str, Part]:
        """What the workloads talk to, by name, and whatever runs beside it."""

    @abstractmethod
    def workloads(self) -> Mapping[str, Part]:
        """What `k8s/` deploys, by name; raises DefinitionError when a definition is missing or broken."""

    def services(self) -> dict[str, Part]:
        """All parts by name."""
        return {**self.servers, **self.workloads()}

    @property
    def emulator(self) -> str:
        """What plays AWS: remembered from `up` to `up`."""
        return self.memory.variant.get("emulator", self.emulators[0])

    def choose_emulator(self, asked: str | None) -> None:
        """Have AWS played by `asked`; None leaves it as it is.

        Raises:
            UsageError: The target has no such emulator.
            OtherEmulatorError: Another one runs.
        """
        if asked is None or asked == self.emulator:
            return
        if asked not in self.emulators:
            raise UsageError(f"the {self.name} target has no emulator {asked!r}", hint=f"use {self.emulators[0]}")
        if self.is_running():
            raise OtherEmulatorError(self.emulator, asked)
        self.memory.variant["emulator"] = asked
        self.instance.write(self.memory)

    @abstractmethod
    def check_definitions(self) -> None:
        """Read what can be read before anything runs; raises DefinitionError for what is broken."""

    @abstractmethod
    def record_starts(self) -> RecordStarts:
        """Tells which lines begin a record, by the values the shipper runs."""

    # Running it.

    def begin(self) -> None:
        """Remember what is asked for, before anything is made: whoever ends a killed `up` must find all of it."""
        self.memory.target, self.memory.state = self.name, "starting"
        asked.remember(os.environ, self.memory.variant)
        self.instance.write(self.memory)

    @abstractmethod
    def prepare(self, terminal: Terminal) -> None:
        """Have installed what is missing, give every part its port, `begin`, and start what runs the parts."""

    @abstractmethod
    def run(self, name: str) -> None:
        """Have a server running as it is defined now; one that already does is left alone."""

    @abstractmethod
    def deploy(self, terminal: Terminal) -> None:
        """Have the workloads running as `k8s/` defines them now, with the settings Terraform gave."""

    @abstractmethod
    def start(self, name: str) -> None:
        """Start one part that was stopped, as it is defined now."""

    def restart(self, name: str) -> None:
        """Stop one part and start it as it is defined now."""
        self.halt(name)
        self.start(name)

    @abstractmethod
    def halt(self, name: str) -> None:
        """Stop one part and wait for its end."""

    @abstractmethod
    def states(self) -> dict[str, ProcessState]:
        """What runs of each part; empty when nothing does."""

    @abstractmethod
    def is_running(self) -> bool:
        """Whether what runs the parts does itself run."""

    @abstractmethod
    def stop(self) -> None:
        """End everything, along the way a record takes, so that what was read is delivered."""

    # Asking it.

    @abstractmethod
    def address(self, service: str) -> str:
        """Where a part is reached from this machine."""

    def inner_address(self, service: str) -> str:
        """Where the workloads reach a part."""
        return self.address(service)

    def replicas(self, service: str) -> Replicas:
        """Whoever runs as a part."""
        return OneServer(self.address(service))

    @abstractmethod
    def log_names(self) -> list[str]:
        """The parts that have a log."""

    @abstractmethod
    def log_lines(self, names: list[str], lines: int, *, follow: bool) -> Iterator[tuple[str, str]]:
        """The last lines of logs, each with its part's name; with `follow` also what is written from now on."""

    def terraform(self) -> LocalTarget:
        """The target as Terraform sees it."""
        return LocalTarget(
            self.name,
            self.address("aws"),
            self.address("firehose"),
            region=REGION,
            variables=asked.variables(os.environ, self.memory.variant),
            emulator=self.emulator,
        )

    def runtime_settings(self) -> dict[str, str]:
        """The ConfigMap `cali-runtime`: Terraform's outputs and the addresses of this instance."""
        fitted = threshold.committed()
        rate = asked.rate(self.memory.variant)
        return {
            **self.memory.outputs,
            **({"slack_rate": rate} if rate else {}),
            "region": REGION,
            "aws_endpoint": self.inner_address("aws"),
            "milvus_uri": self.inner_address("milvus"),
            "model_base_url": f"{self.inner_address('model')}/v1",
            "slack_base_url": f"{self.inner_address('slack')}/api/",
            "chat_model": "cali-analyst",
            "embedding_model": fitted.model,
            "embedding_dimension": str(fitted.dimension),
            "similarity_threshold": str(fitted.threshold),
        }

    def stores(self) -> Stores:
        """Clients of this instance's stores."""
        return Stores(
            region=REGION,
            outputs=self.memory.outputs,
            containers=self.instance.containers,
            real_shipper=self.services()["shipper"].nature == "real",
            decisions=self.instance.state("aws") / decisions.FILE,
            shipper=self.replicas("shipper"),
            consumer=self.replicas("consumer"),
            **{name: self.address(name) for name in ("aws", "firehose", "opensearch", "milvus", "model", "slack")},
        )

    def report(self) -> Report:
        """What every part and every step is doing now."""
        return take(self.name, self.services(), self.states(), self.stores())

    def is_up_to_date(self) -> bool:
        """Whether everything runs, with the definitions as they stand and the ports and settings that are asked for."""
        memory, states = self.memory, self.states()
        wanted = ports.requested(memory.ports, os.environ)
        return (
            memory.state == "up"
            and memory.variant.get("definitions") == digest.definitions(REPOSITORY)
            and all(memory.ports[name] == port for name, port in wanted.items())
            and asked.is_met(os.environ, memory.variant)
            and bool(states)
            and all(state.state == "RUNNING" for state in states.values())
            and self.has_stream()
        )

    def has_stream(self) -> bool:
        """Whether the stream is there: an emulator that was started anew runs as before, and has nothing."""
        stores = self.stores()
        try:
            stores.kinesis.describe_stream_summary(StreamName=stores.outputs["stream_name"])
        except StoreFault:
            return False
        return True
