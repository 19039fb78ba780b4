"""Several logs are read as one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

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
