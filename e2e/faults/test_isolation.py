"""What the user exported is never used, nothing leaves loopback, and a sandbox that is gone leaves nothing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from e2e.faults.connections import Audit
from e2e.pipeline import UP_S, Pipeline
from e2e.waiting import eventually

Report = Callable[[str], None]

#: What a user may have exported for real work; the addresses belong to nobody (RFC 5737).
EXPORTED = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL": "http://203.0.113.1:4566",
    "AWS_ENDPOINT_URL_S3": "http://203.0.113.2:4566",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_REGION": "us-east-1",
    "OPENAI_API_KEY": "sk-real-key",
    "OPENAI_BASE_URL": "http://203.0.113.3/v1",
    "SLACK_BOT_TOKEN": "xoxb-real-token",
}
_SECRETS = ("production", "AKIAREALREALREALREAL", "real-secret", "sk-real-key", "xoxb-real-token", "203.0.113.")


@pytest.fixture(scope="module")
def hostile() -> Iterator[Pipeline]:
    """A second sandbox, of a user who works with AWS and OpenAI; it is brought up by its tests."""
    sandbox = Pipeline(f"e2e-{secrets.token_hex(4)}", EXPORTED)
    yield sandbox
    sandbox.command("clean", check=False)
    assert not sandbox.processes()


def test_two_sandboxes_run_side_by_side_and_nothing_leaves_loopback(
    pipeline: Pipeline, hostile: Pipeline, report: Report
) -> None:
    this = psutil.Process()
    # Everything below the test itself: the command, terraform, its provider, the processes of the sandbox.
    with Audit(lambda: [*hostile.processes(), *this.children(recursive=True)]) as audit:
        assert hostile.up()["state"] == "up"
        lines = [json.dumps({"level": "INFO", "service": "mine", "message": f"traffic {n}"}) for n in range(300)]
        lines.append(json.dumps({"level": "ERROR", "service": "mine", "message": "connection pool exhausted, of mine"}))
        sent = hostile.send(*lines, service="mine")
        trace = hostile.trace(sent[-1]["record_id"], wait_s=60)
        assert {step["state"] for step in trace.values()} <= {"ok", "skipped"}
    report(
        f"{audit.samples} looks at {len(audit.programs)} processes during `up` and traffic: "
        f"{sum(audit.peers.values())} connections, peers {sorted(audit.peers)}, listening on {sorted(audit.listening)}"
    )
    assert audit.peers
    assert audit.foreign() == set()
    assert audit.listening <= {"127.0.0.1", "::1"}
    # Two at once: other ports, and neither sees the other's records.
    ports = [{s["endpoint"] for s in one.status()["services"]} for one in (pipeline, hostile)]
    assert not ports[0] & ports[1]
    assert b'"mine"' not in b"".join(record["Data"] for record in pipeline.stream_records())
    assert pipeline.status()["state"] == "up"


def test_no_process_has_what_the_user_exported(hostile: Pipeline) -> None:
    found = hostile.processes()
    assert len(found) >= 9
    for process in found:
        values = " ".join(process.environ().values())
        assert [secret for secret in _SECRETS if secret in values] == [], process.cmdline()


def test_down_leaves_no_process_no_port_and_no_lock(hostile: Pipeline) -> None:
    ports = {int(s["endpoint"].rpartition(":")[2]) for s in hostile.status()["services"] if ":" in s["endpoint"]}
    hostile.command("down")
    _nothing_left(hostile, ports)


def test_up_works_after_up_was_killed(hostile: Pipeline, report: Report) -> None:
    killed = []
    for stage, reached in STAGES.items():
        command = [*hostile.program, "up"]
        with subprocess.Popen(command, env=hostile.variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as up:
            leader = psutil.Process(up.pid)

            def there(leader: psutil.Process = leader, look: Callable[..., bool] = reached) -> bool:
                return look(hostile, leader)

            eventually(there, f"`up` at its stage {stage!r}", within_s=90)
            up.send_signal(signal.SIGKILL)
            up.wait()
        killed.append(stage)
    assert hostile.up()["state"] == "up"
    report(f"`up` killed while at {', '.join(killed)}: the next one brought ten green steps")


def test_what_outlived_a_killed_up_is_gone_with_down(hostile: Pipeline) -> None:
    ports = {int(s["endpoint"].rpartition(":")[2]) for s in hostile.status()["services"] if ":" in s["endpoint"]}
    [supervisor] = [p for p in hostile.processes() if "supervisor.supervisord" in p.cmdline()]
    supervisor.kill()
    supervisor.wait(10)
    hostile.command("down")
    _nothing_left(hostile, ports)


def _terraform(sandbox: Pipeline, leader: psutil.Process) -> bool:
    return any("terraform" in process.name() for process in leader.children(recursive=True))


def _workloads(sandbox: Pipeline, leader: psutil.Process) -> bool:
    return any("cali_consumer" in process.cmdline() for process in sandbox.processes())


#: When `up` is killed: amid terraform, and amid its own first record.
STAGES: dict[str, Callable[[Pipeline, psutil.Process], bool]] = {"terraform": _terraform, "the workloads": _workloads}

#: Run as root of a new network namespace: only loopback exists, and it has to be switched on.
_ALONE = """
import fcntl, socket, struct, subprocess, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    try:
        probe.connect(("192.0.2.1", 9))
        sys.exit("there is a way out")
    except OSError:
        pass
sandbox = sys.argv[1]
done = subprocess.run([sandbox, "up", "--json"])
subprocess.run([sandbox, "clean"], stdout=subprocess.DEVNULL)
sys.exit(done.returncode)
"""


def _namespaces() -> bool:
    try:
        return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(
    not _namespaces(),
    reason="no network namespace for this user; `sysctl kernel.unprivileged_userns_clone=1` allows it",
)
def test_up_needs_no_network_once_it_is_installed(pipeline: Pipeline) -> None:
    alone = Pipeline(f"e2e-{secrets.token_hex(4)}")
    command = ["unshare", "-rn", "python3", "-c", _ALONE, *alone.program]
    done = subprocess.run(command, env=alone.variables, capture_output=True, timeout=UP_S, check=False)
    assert done.returncode == 0, done.stderr.decode()
    status = json.loads(done.stdout)
    assert status["state"] == "up"
    assert {step["state"] for step in status["steps"]} == {"ok"}
    assert not alone.processes()
    assert not alone.folder.exists()


def _nothing_left(sandbox: Pipeline, ports: set[int]) -> None:
    assert sandbox.processes() == []
    # Terraform and its provider carry no mark: what names the instance's folder is of it.
    folder = str(sandbox.folder.resolve())
    named = [p.cmdline() for p in psutil.process_iter() if any(folder in word for word in _words(p))]
    assert named == []
    connections = psutil.net_connections("tcp")
    listening = {c.laddr.port for c in connections if c.laddr and c.status == psutil.CONN_LISTEN}
    assert not listening & ports
    for lock in sandbox.folder.rglob("*lock"):
        if lock.is_file():
            with lock.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    digest = hashlib.sha256(str(sandbox.folder.resolve()).encode()).hexdigest()[:12]
    assert not (Path(tempfile.gettempdir()) / f"cali-{os.getuid()}-{digest}").exists()


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
