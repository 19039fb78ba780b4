from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.terraform import StateLockedError, holder

_HOLD = """
import subprocess, sys
from pathlib import Path
from sandbox.terraform import holder
with holder.held(Path(sys.argv[1]), "embedded", print) as descriptor:
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def test_a_live_holder_refuses_a_second_run(tmp_path: Path) -> None:
    with (
        holder.held(tmp_path / "lock", "embedded", print),
        pytest.raises(StateLockedError, match="another run of terraform works on the embedded target"),
        holder.held(tmp_path / "lock", "embedded", print),
    ):
        pass


def test_the_lock_is_free_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with holder.held(tmp_path / "lock", "embedded", print):
            pass


def test_the_terraform_of_a_killed_run_is_waited_for(tmp_path: Path) -> None:
    notices: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        int(run.stdout.readline())
        # Killed, its child gets the end of its input, and ends by itself as an orphaned terraform does.
        run.kill()
        run.wait()
        with holder.held(tmp_path / "lock", "embedded", notices.append):
            pass

    assert all("was killed; its terraform is still at work" in notice for notice in notices)
