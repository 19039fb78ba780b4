"""No process of a sandbox can be reached from another machine."""

from __future__ import annotations

import psutil

from e2e.pipeline import Pipeline
from e2e.waiting import eventually


def _listening(pipeline: Pipeline) -> dict[str, str]:
    """Address and program of every listening socket of the sandbox."""
    found = {}
    for process in pipeline.processes():
        for connection in process.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN:
                found[f"{connection.laddr.ip}:{connection.laddr.port}"] = " ".join(process.cmdline())[-80:]
    return found


def test_every_listening_socket_is_on_loopback(pipeline: Pipeline) -> None:
    # All parts that listen at all have been used by then, so that none opens its socket later.
    sent = pipeline.send('{"level":"ERROR","service":"ports","message":"who listens on the other side of the door"}')
    steps = pipeline.trace(sent[0]["record_id"], wait_s=60)
    assert {number: step["state"] for number, step in steps.items() if step["state"] not in {"ok", "skipped"}} == {}
    found = eventually(lambda: _listening(pipeline), "listening sockets")
    assert len(found) >= 6
    loopback = ("127.", "::1:", "::ffff:127.")
    assert {address: program for address, program in found.items() if not address.startswith(loopback)} == {}
