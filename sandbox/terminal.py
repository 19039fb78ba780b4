"""What a person sees while a command works: stages with their time, one-line errors. Colours only on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from sandbox.errors import SandboxError


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
    def stage(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show that `title` is under way, and how long it took; what fails is marked before the error shows.

        Yields a function that takes what is being done at the moment; only a terminal shows it.
        """
        begun = time.monotonic()
        if self.console.is_terminal:
            status = self.console.status(f"{title} …", spinner="dots")
            status.start()
        else:
            status = None

        def show(detail: str) -> None:
            if status:
                status.update(Text(f"{title} … {detail}"[: self.console.width - 4]))

        try:
            yield show
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
