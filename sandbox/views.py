"""What a person sees as the answer of a command: the ten steps, the services, one record's way, what `doctor` found."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.doctor.look import Check
from sandbox.iam.usage import RoleUse
from sandbox.status import Report
from sandbox.tracing import Trace

_USES = {"used": "green", "unused": "yellow", "refused": "red", "not enforced": "dim"}
_MARKS = {"ok": ("✓", "green"), "waiting": ("…", "yellow"), "failing": ("✗", "red"), "skipped": ("-", "dim")}


def checks(console: Console, found: Iterable[Check]) -> None:
    """What `sandbox doctor` found."""
    for check in found:
        mark, colour = _MARKS["ok" if check.ok else "failing"]
        line = Text.assemble((mark, colour), f" {check.name:<20} {check.found}")
        if check.remedy:
            line.append(f" — {check.remedy}", style="dim")
        console.print(line)


def iam(console: Console, seen: Iterable[RoleUse]) -> None:
    """Each role's actions; of a role that no part runs under, how many there are."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("role", "action", "state", "allowed", "refused", "on"):
        table.add_column(column, overflow="fold")
    idle = []
    for use in seen:
        if not use.part:
            idle.append(f"{use.role} ({len(use.actions)} actions, {len(use.managed)} policies of AWS)")
            continue
        if not use.actions:
            table.add_row(use.role, "", Text("may do nothing", style="dim"), "", "", "")
        for action in use.actions:
            colour = _USES[action.state]
            state = f"{action.state}: {action.reason}" if action.reason else action.state
            on = ", ".join(resource.rpartition(":")[2] for resource in action.resources)
            counts = (str(action.allowed or ""), str(action.denied or ""))
            table.add_row(use.role, action.action, Text(state, style=colour), *counts, Text(on))
    console.print(table)
    if idle:
        console.print(f"\nno part runs under: {', '.join(idle)}")


def trace(console: Console, seen: Trace) -> None:
    """One record's ten steps."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "#", "step", "at", "evidence"):
        table.add_column(column, overflow="fold")
    for step in seen.steps:
        mark, colour = _MARKS[step.state]
        table.add_row(Text(mark, style=colour), str(step.number), step.name, step.at, Text(step.evidence))
    console.print(table)


def report(console: Console, seen: Report) -> None:
    """The ten steps, the services and the latency."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "#", "step", "evidence", "at"):
        table.add_column(column, overflow="fold")
    for step in seen.steps:
        mark, colour = _MARKS[step.state]
        text = step.evidence if step.state == "ok" else step.reason
        table.add_row(Text(mark, style=colour), str(step.number), step.name, Text(text), Text(step.at, style="dim"))
    console.print(table)
    console.print()
    services = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("service", "what it is", "version", "endpoint", "pid", "state"):
        services.add_column(column, overflow="fold")
    for service in seen.services:
        colour = "green" if service.state == "running" else "red"
        services.add_row(
            service.name,
            service.nature,
            service.version,
            Text(service.endpoint),
            str(service.pid or ""),
            Text(service.state, style=colour),
        )
    console.print(services)
    latency = seen.latency
    if latency.count:
        figures = f"p50 {latency.p50_s:.2f} s, p95 {latency.p95_s:.2f} s, p99 {latency.p99_s:.2f} s"
        console.print(f"\nlog line to Slack, last {latency.count} alerts: {figures}")
