from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

from sandbox.install.locking import installation_lock
from sandbox.instance import REPOSITORY

HOLDER = """
import sys
from pathlib import Path
from sandbox.install.locking import installation_lock
with installation_lock(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_installation_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    said: list[str] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline() == "held\n"
        stdin = first.stdin

        def say(text: str) -> None:
            said.append(text)
            stdin.close()  # The first ends when the second waits.

        with installation_lock(tmp_path, say):
            pass
    assert said == [f"waiting for another installation (process {first.pid})"]


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as first:
        assert first.stdout is not None
        first.stdout.readline()
        first.kill()
    said: list[str] = []
    with installation_lock(tmp_path, said.append):
        pass
    assert not said


def test_threads_of_one_process_wait_as_well(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with installation_lock(tmp_path, order.append):
            order.append("second")

    with installation_lock(tmp_path, order.append):
        thread = Thread(target=second)
        thread.start()
        while not order:
            pass
        order.append("first")
    thread.join()
    assert order == [f"waiting for another installation (process {os.getpid()})", "first", "second"]


def test_an_installer_that_outlives_its_killed_parent_keeps_the_lock(tmp_path: Path) -> None:
    script = HOLDER.replace(
        "sys.stdin.read()",
        "from sandbox.install.uv import Installer\n"
        "    Installer('x', {'PATH': '/usr/bin:/bin'}, Path(sys.argv[1]) / 'log').run(['sleep', '0.7'])",
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        while not (tmp_path / "log").exists() or "$ sleep" not in (tmp_path / "log").read_text():
            pass
        time.sleep(0.1)  # From the log line to the start of the program.
        first.kill()
    begun = time.monotonic()
    said: list[str] = []
    with installation_lock(tmp_path, said.append):
        pass
    assert said
    assert time.monotonic() - begun > 0.1
