"""Which target a command works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.instance import Home, Memory
from sandbox.targets import chosen


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of the test's own, with no instance named."""
    monkeypatch.setenv("CALI_HOME", str(tmp_path))
    monkeypatch.delenv("CALI_INSTANCE", raising=False)
    return Home.from_environment()


def _brought_up(home: Home, name: str, target: str) -> None:
    instance = home.instance(name)
    instance.root.mkdir(parents=True)
    instance.write(Memory(target=target))


def test_without_a_word_it_is_the_embedded_one() -> None:
    found = chosen.target(None)
    assert (found.name, found.instance.name) == ("embedded", "default")


def test_another_target_than_the_instance_stands_on_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _brought_up(home, "mine", "moon")
    monkeypatch.setenv("CALI_INSTANCE", "mine")
    with pytest.raises(chosen.OtherTargetError, match="'mine' was brought up on moon, not on embedded"):
        chosen.target("embedded")
