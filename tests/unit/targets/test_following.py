"""Several logs are read as one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sandbox.errors import SandboxError
from sandbox.targets.following import merged


def test_one_log_after_the_other() -> None:
    assert list(merged([("a", ["1", "2"]), ("b", ["3"])], follow=False)) == [("a", "1"), ("a", "2"), ("b", "3")]


def test_a_silent_log_holds_up_no_other() -> None:
    release = threading.Event()

    def silent() -> Iterator[str]:
        release.wait(10)
        yield "late"

    lines = merged([("silent", silent()), ("chatty", ["early"])], follow=True)
    assert next(lines) == ("chatty", "early")
    release.set()
    assert list(lines) == [("silent", "late")]


def test_a_log_that_cannot_be_read_any_more_is_told() -> None:
    def torn() -> Iterator[str]:
        yield "early"
        raise SandboxError("the engine is gone")

    for follow in (False, True):
        lines = merged([("torn", torn())], follow=follow)
        assert next(lines) == ("torn", "early")
        with pytest.raises(SandboxError, match="the engine is gone"):
            next(lines)
