"""What an instance is doing now: every service probed, every step asked for its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sandbox import latency
from sandbox.errors import SandboxError
from sandbox.latency import Latency
from sandbox.services.base import NotReadyError, Part, ProcessState
from sandbox.steps import TEN_STEPS, Finding, Step
from sandbox.stores import StoreFault, Stores


@dataclass(frozen=True)
class StepStatus:
    """One of the ten steps now."""

    number: int
    name: str
    state: str
    reason: str
    evidence: str
    at: str


@dataclass(frozen=True)
class ServiceStatus:
    """One service now.

    Attributes:
        state: `running`, `stopped`, `starting` or `failing`.
        reason: Why it is not running; empty when it is.
        steps: The numbers of the steps that need it.
    """

    name: str
    nature: str
    version: str
    endpoint: str
    pid: int | None
    state: str
    reason: str
    steps: list[int]


@dataclass(frozen=True)
class Report:
    """The whole of `sandbox status --json`."""

    target: str
    state: Literal["up", "degraded", "down"]
    steps: list[StepStatus]
    services: list[ServiceStatus]
    latency: Latency

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


def take(target: str, services: Mapping[str, Part], processes: Mapping[str, ProcessState], stores: Stores) -> Report:
    """Probe everything at once and sum it up; takes as long as the slowest probe, a few seconds at most."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        probed = dict(
            zip(services, pool.map(lambda s: _service(s, processes.get(s.name)), services.values()), strict=True)
        )
        steps = list(pool.map(lambda step: _step(step, probed, stores), TEN_STEPS))
    running = [service.state == "running" for service in probed.values()]
    state: Literal["up", "degraded", "down"] = "down" if not any(running) else "degraded"
    if all(running) and all(step.state == "ok" for step in steps):
        state = "up"
    seconds = _latency(stores) if state != "down" else []
    return Report(target, state, steps, list(probed.values()), latency.summarise(seconds))


def empty(target: str) -> Report:
    """The report of a sandbox that was never brought up."""
    reason = "the sandbox was never brought up"
    steps = [StepStatus(step.number, step.name, "waiting", reason, "", "") for step in TEN_STEPS]
    return Report(target, "down", steps, [], latency.summarise([]))


def _service(service: Part, process: ProcessState | None) -> ServiceStatus:
    state, reason = "running", ""
    if process is None or process.state in ("STOPPED", "EXITED"):
        state, reason = "stopped", "is stopped"
    elif process.state == "UNKNOWN":
        state, reason = "failing", process.detail or "is in a state that nobody knows"
    elif process.state == "FATAL":
        state, reason = "failing", f"ended again and again; see `sandbox logs {service.name}`"
    elif process.state == "BACKOFF":
        state, reason = "failing", f"ended and is being restarted; see `sandbox logs {service.name}`"
    else:
        try:
            service.probe()
        except NotReadyError as error:
            state = "starting" if process.state == "STARTING" else "failing"
            reason = error.reason
    numbers = [step.number for step in TEN_STEPS if service.name in step.needs]
    pid = process.pid if process else None
    return ServiceStatus(service.name, service.nature, service.version(), service.endpoint, pid, state, reason, numbers)


def _step(step: Step, services: Mapping[str, ServiceStatus], stores: Stores) -> StepStatus:
    # Before what is broken: a process that is not let to work is not ready either.
    if refused := stores.refused(step.uses):
        return StepStatus(step.number, step.name, "failing", refused, "", "")
    broken = [services[name] for name in step.needs if services[name].state != "running"]
    if broken:
        reasons = "; ".join(f"{service.name} {service.reason}" for service in broken)
        return StepStatus(step.number, step.name, "failing", reasons, "", "")
    try:
        finding = step.status(stores)
    except (*StoreFault, SandboxError) as error:
        finding = Finding("failing", f"{type(error).__name__}: {error}")
    ok = finding.state == "ok"
    reason, evidence = ("", finding.evidence) if ok else (finding.evidence, "")
    return StepStatus(step.number, step.name, finding.state, reason, evidence, finding.at)


def _latency(stores: Stores) -> list[float]:
    try:
        return latency.of_messages(stores.slack_messages()[-latency.WINDOW :])
    except StoreFault:
        return []
