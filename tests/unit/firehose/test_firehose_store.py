from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.firehose.records import Position
from sandbox.firehose.store import JOURNAL, StateError, Store

POSITIONS = st.dictionaries(
    st.sampled_from(["1/a", "1/b", "2/a"]),
    st.builds(Position, st.none() | st.text("0123456789", min_size=1), st.booleans()),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(POSITIONS, max_size=5))
def test_positions_are_those_of_the_last_commits_after_a_restart(commits: list[dict[str, Position]]) -> None:
    expected: dict[str, Position] = {}
    with TemporaryDirectory() as directory:
        for number, positions in enumerate(commits):
            store = Store(Path(directory))
            store.commit("uid", positions, {"records": number})
            expected |= positions
            store.close()
        store = Store(Path(directory))
        assert store.positions("uid") == expected
        assert store.positions("other") == {}
        assert store.counters("uid") == ({"records": len(commits) - 1} if commits else {})
        store.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=20), min_size=1, max_size=10), st.data())
def test_the_journal_keeps_what_is_not_committed(items: list[bytes], data: st.DataObject) -> None:
    delivered = data.draw(st.integers(0, len(items)))
    with TemporaryDirectory() as directory:
        store = Store(Path(directory))
        ids = store.append("uid", 1.0, items)
        store.append("other", 1.0, [b"kept"])
        if delivered:
            store.commit("uid", {JOURNAL: Position(str(ids[delivered - 1]))}, {})
        store.close()
        store = Store(Path(directory))
        assert [record.data for record in store.read("uid", 0, 100)] == items[delivered:]
        assert store.journal_bytes("uid") == sum(map(len, items[delivered:]))
        assert [record.data for record in store.read("other", 0, 100)] == [b"kept"]
        store.close()


def test_a_commit_survives_the_death_of_the_process(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from sandbox.firehose.store import Store;"
        "from sandbox.firehose.records import Position; s = Store(Path(sys.argv[1]));"
        "s.save('d', {'Uid': 'u'}); s.commit('u', {'1/a': Position('42')}, {}); os.kill(os.getpid(), 9)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=environment)
    store = Store(tmp_path)
    assert store.positions("u") == {"1/a": Position("42")}
    assert store.definitions() == {"d": {"Uid": "u"}}
    store.close()


def test_a_second_process_is_kept_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(StateError, match="in use by another"):
        Store(tmp_path)
    store.close()


def test_the_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store._db.execute("PRAGMA user_version=99")
    store.close()
    with pytest.raises(StateError, match="newer version"):
        Store(tmp_path)


def test_deleting_forgets_everything_of_the_stream(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("d", {"Uid": "u"})
    store.append("u", 1.0, [b"x"])
    store.commit("u", {"1/a": Position("1")}, {"records": 1})
    store.delete("d", "u")
    assert (store.definitions(), store.positions("u"), store.counters("u"), store.read("u", 0, 9)) == ({}, {}, {}, [])
    store.close()
