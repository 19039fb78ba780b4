"""What a person sees: stages with their time, tables, one-line errors. Colours only on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.errors import SandboxError
from sandbox.install.checks import Check
from sandbox.status import Report
from sandbox.tracing import Trace

_MARKS = {"ok": ("✓", "green"), "waiting": ("…", "yellow"), "failing": ("✗", "red"), "skipped": ("-", "dim")}


class Terminal:
    """Writes to one stream: stdout, or stderr while stdout carries JSON."""

    def __init__(self, *, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            # A log file has no width; tables would fold at eighty columns.
            self.console.width = 200

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(text, markup=False)

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Show that `title` is under way, and how long it took; what fails is marked before the error shows."""
        begun = time.monotonic()
        if self.console.is_terminal:
            status = self.console.status(f"{title} …", spinner="dots")
            status.start()
        else:
            status = None
        try:
            yield
        except BaseException:
            if status:
                status.stop()
            self._stage_line("✗", "red", title, begun)
            raise
        if status:
            status.stop()
        self._stage_line("✓", "green", title, begun)

    def _stage_line(self, mark: str, colour: str, title: str, begun: float) -> None:
        seconds = f"{time.monotonic() - begun:5.1f} s"
        self.console.print(Text.assemble((mark, colour), f" {title:<58}", (seconds, "dim")))

    def passed(self, number: int, name: str, at: str, evidence: str) -> None:
        """One of the ten steps, when the first record has passed it."""
        self.console.print(
            Text.assemble(("✓", "green"), f" {number:>2} {name:<14}", (f"{at[11:23]:<13}", "dim"), evidence)
        )

    def error(self, error: SandboxError) -> None:
        """One line: what is wrong and how to mend it."""
        line = Text.assemble(("error: ", "bold red"), error.message)
        if error.hint:
            line.append(f" — {error.hint}", style="dim")
        self.console.print(line)

    def checks(self, checks: Iterable[Check]) -> None:
        """What `sandbox doctor` found."""
        for check in checks:
            mark, colour = _MARKS["ok" if check.ok else "failing"]
            line = Text.assemble((mark, colour), f" {check.name:<20} {check.found}")
            if check.remedy:
                line.append(f" — {check.remedy}", style="dim")
            self.console.print(line)

    def trace(self, trace: Trace) -> None:
        """One record's ten steps."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("", "#", "step", "at", "evidence"):
            table.add_column(column, overflow="fold")
        for step in trace.steps:
            mark, colour = _MARKS[step.state]
            table.add_row(Text(mark, style=colour), str(step.number), step.name, step.at, Text(step.evidence))
        self.console.print(table)

    def report(self, report: Report) -> None:
        """The ten steps, the services and the latency."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("", "#", "step", "evidence", "at"):
            table.add_column(column, overflow="fold")
        for step in report.steps:
            mark, colour = _MARKS[step.state]
            text = step.evidence if step.state == "ok" else step.reason
            table.add_row(Text(mark, style=colour), str(step.number), step.name, Text(text), Text(step.at, style="dim"))
        self.console.print(table)
        self.console.print()
        services = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("service", "what it is", "version", "endpoint", "pid", "state"):
            services.add_column(column, overflow="fold")
        for service in report.services:
            colour = "green" if service.state == "running" else "red"
            services.add_row(
                service.name,
                service.nature,
                service.version,
                Text(service.endpoint),
                str(service.pid or ""),
                Text(service.state, style=colour),
            )
        self.console.print(services)
        latency = report.latency
        if latency.count:
            figures = f"p50 {latency.p50_s:.2f} s, p95 {latency.p95_s:.2f} s, p99 {latency.p99_s:.2f} s"
            self.say(f"\nlog line to Slack, last {latency.count} alerts: {figures}")
