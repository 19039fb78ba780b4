"""Figures that tests tell of, printed when all of them are done."""

from __future__ import annotations

import pytest

_FIGURES = pytest.StashKey[list[str]]()


def told(config: pytest.Config) -> list[str]:
    """The lines told so far, to append to."""
    return config.stash.setdefault(_FIGURES, [])


def print_told(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print them under a heading; nothing when there are none."""
    if lines := told(config):
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.line(line)
