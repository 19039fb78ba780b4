"""Shows what is being installed: moving lines on a terminal, one plain line a part elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sandbox.install.uv import size

if TYPE_CHECKING:
    from sandbox.install.kinds import Part

_REFRESH_S = 0.5


class Progress:
    """One line for each part: its name, what it is for, how much is there, how long it took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bars = Bars(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<34}"),
            TextColumn("{task.fields[done]:>18}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._sizes: dict[TaskID, tuple[Path, int | None]] = {}
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Progress:
        """Begin to show."""
        self._bars.start()
        if self.console.is_terminal:
            self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the finished lines on the screen."""
        self._over.set()
        self._bars.stop()

    def track(self, part: Part, environment: Mapping[str, str]) -> None:
        """Install `part` and show it."""
        begun = time.monotonic()
        title = f"installing {part.name} ({part.purpose})"
        task = self._bars.add_task(title, total=1, done="")
        if not self.console.is_terminal:
            self.console.print(f"{title} ...", markup=False)
        self._sizes[task] = (part.folder, part.expected_bytes)
        try:
            part.install(environment)
        finally:
            del self._sizes[task]
        megabytes = f"{size(part.folder) / 1e6:.0f} MB"
        if self.console.is_terminal:
            self._bars.update(task, description=f"installed {part.name} ({part.purpose})", completed=1, done=megabytes)
        else:
            seconds = time.monotonic() - begun
            self.console.print(f"installed {part.name} in {seconds:.1f} s, {megabytes}", markup=False)

    def _watch(self) -> None:
        """How much is on the disk by now: neither uv nor Maven tells it to others."""
        while not self._over.wait(_REFRESH_S):
            for task, (folder, expected) in list(self._sizes.items()):
                try:
                    here = size(folder) / 1e6
                except OSError:  # The folder changes while it is walked.
                    continue
                self._bars.update(task, done=f"{here:.0f} of {expected / 1e6:.0f} MB" if expected else f"{here:.0f} MB")
