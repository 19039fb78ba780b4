from __future__ import annotations

import subprocess
import sys

import pytest

#: The main thread holds the event's lock while the signal comes, as it does for a moment in every wait; and there is a
#: thread that was started before anybody thought of signals, as libraries start them.
SCRIPT = """
import os, signal, sys, threading
from sandbox.termination import call_on_termination
threading.Thread(target=threading.Event().wait, daemon=True).start()
stop = threading.Event()
call_on_termination(stop.set)
with stop._cond:
    os.kill(os.getpid(), signal.{name})
    threading.Event().wait(0.05)
sys.exit(0 if stop.wait(20) else 1)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_amid_a_wait_is_heard(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(name=name)], timeout=60, check=False)

    assert done.returncode == 0
