"""Work beside other work is waited for, and its error is not lost."""

from __future__ import annotations

import threading

import pytest

from sandbox.errors import SandboxError
from sandbox.targets.background import Background


def test_its_result_is_waited_for() -> None:
    go, done = threading.Event(), []
    work = Background(lambda: done.append(go.wait(10)))
    go.set()
    work.result()
    assert done == [True]


def test_its_error_is_raised_where_it_is_asked() -> None:
    def fail() -> None:
        raise SandboxError("no room")

    work = Background(fail)
    with pytest.raises(SandboxError, match="no room"):
        work.result()
