"""An emulator of its own for each module."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from e2e import figures
from e2e.terraform.emulator import Emulator, running


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A running emulator, empty at first."""
    with running(f"e2e-{secrets.token_hex(4)}") as started:
        yield started


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line of figures, printed when all tests are done; fixtures of a module tell some too."""
    return figures.told(request.config).append
