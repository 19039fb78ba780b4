"""Brings a sandbox up on its target: install, start, terraform, provision, and one record through all ten steps."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.definitions import digest
from sandbox.errors import SandboxError
from sandbox.first_record import send_and_follow
from sandbox.instance import REPOSITORY, Instance
from sandbox.knowledge import threshold
from sandbox.provision import index_template, secrets
from sandbox.services.base import NotReadyError, Part
from sandbox.steps import TEN_STEPS
from sandbox.targets.target import Target
from sandbox.terminal import Terminal
from sandbox.terraform import TerraformRun
from sandbox.terraform.run import outputs_as_text
from sandbox.tracing import Trace

_POLL_S = 0.1

#: Characters of a log's last line in an error, and how many lines are looked at for one that says anything.
_LAST_WORDS = 300
_LAST_LINES = 20

#: How long a part may wait for what its role is refused: policies may come after it.
_REFUSED_S = 10.0

#: How often a program may start before it counts as one that does not stay up.
_ATTEMPTS = 2


class BusyError(SandboxError):
    """Another `up` or `down` of the same instance is at work."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(f"another `sandbox up` or `down` works on {instance.root}", hint="wait for its end")


@contextmanager
def exclusive(instance: Instance) -> Iterator[None]:
    """Hold the instance's lock; a killed holder's lock is gone with it. Raises BusyError."""
    instance.create()
    descriptor = os.open(instance.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyError(instance) from error
    else:
        yield
    finally:
        os.close(descriptor)


def bring_up(target: Target, terminal: Terminal) -> Trace:
    """Have everything running and proven; what already runs unchanged is left alone.

    Raises:
        PrerequisiteError: Something is missing on the machine.
        SandboxError: A part did not come up; the message names it and its log.
    """
    target.check_definitions()
    target.prepare(terminal)
    begun = digest.definitions(REPOSITORY)

    servers = target.servers
    for name in ("aws", "identity", "opensearch", "milvus", "model", "slack", "firehose"):
        if name in servers:
            target.run(name)
    for name in ("aws", "firehose"):
        wait_ready(target, servers[name], terminal)
    with terminal.stage("terraform apply"):
        _apply(target, terminal)
    for name in target.early:
        if name in servers:
            target.run(name)
    for name in ("slack", "model", "milvus"):
        wait_ready(target, servers[name], terminal)
    with terminal.stage("secrets and past incidents"):
        _provision(target)
    wait_ready(target, servers["opensearch"], terminal)
    with terminal.stage("index template"):
        index_template.put(target.address("opensearch"))
    target.deploy(terminal)
    services = target.services()
    for name in (*target.early, *target.workloads()):
        if name in services:
            wait_ready(target, services[name], terminal)
    terminal.say("one record through the ten steps:")
    trace = send_and_follow(target.stores(), terminal)
    target.memory.state, target.memory.variant["definitions"] = "up", begun
    target.instance.write(target.memory)
    return trace


def _apply(target: Target, terminal: Terminal) -> None:
    run = TerraformRun(
        target.terraform(),
        state=target.instance.state("terraform"),
        tools=target.instance.home.tools,
        notice=terminal.say,
    )
    target.memory.outputs = outputs_as_text(run.apply())
    target.memory.variant["provider"] = run.nature
    target.instance.write(target.memory)


def _provision(target: Target) -> None:
    # Here, because pymilvus takes seconds to import and every other command does without.
    from sandbox.knowledge import milvus as knowledge  # noqa: PLC0415

    stores = target.stores()
    secrets.put(
        stores.secretsmanager,
        model_secret=target.memory.outputs["model_secret"],
        slack_secret=target.memory.outputs["slack_secret"],
        webhook_url=f"{target.inner_address('slack')}/services/T0/B0/sandbox",
    )
    knowledge.load(target.address("milvus"), target.address("model"), threshold.committed())


def wait_ready(target: Target, part: Part, terminal: Terminal) -> None:
    """Until the part is ready; raises NotReadyError when it ends again and again, or takes longer than it may."""
    with terminal.stage(f"{part.name} ({part.nature}, {part.version()})"):
        begun = time.monotonic()
        deadline = begun + part.ready_s
        pids: set[int] = set()
        while True:
            try:
                part.probe()
            except NotReadyError as error:
                process = target.states().get(part.name)
                pids |= {process.pid} if process and process.pid else set()
                if process is None or process.state == "FATAL" or len(pids) > _ATTEMPTS:
                    problem = f"it does not stay up: {_last_words(target, part.name)}"
                    raise NotReadyError(part.name, problem) from error
                waited = time.monotonic() - begun
                refused = _refused(target, part.name) if waited > _REFUSED_S else ""
                if refused or time.monotonic() > deadline:
                    raise NotReadyError(part.name, f"after {waited:.0f} s: {refused or error.reason}") from error
                time.sleep(_POLL_S)
            else:
                return


def _refused(target: Target, name: str) -> str:
    """What a role is refused of what the steps of a part need."""
    return target.stores().refused(use for step in TEN_STEPS if name in step.needs for use in step.uses)


def _last_words(target: Target, name: str) -> str:
    """The last line of the part's log that says anything."""
    try:
        lines = [line.strip() for _, line in target.log_lines([name], _LAST_LINES, follow=False)]
    except SandboxError as error:
        return error.message
    return next((line for line in reversed(lines) if line), "it wrote nothing")[:_LAST_WORDS]
