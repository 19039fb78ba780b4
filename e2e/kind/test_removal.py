"""What `down` leaves: nothing of the sandbox, and everything of anybody else, also after an `up` that was killed."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.kind_pipeline import KindPipeline
from e2e.waiting import eventually
from sandbox.engine.client import connect

_KUBECONFIG = """apiVersion: v1
kind: Config
current-context: of-the-user
contexts: [{name: of-the-user, context: {cluster: elsewhere, user: somebody}}]
clusters: [{name: elsewhere, cluster: {server: "https://192.0.2.1:6443"}}]
users: [{name: somebody, user: {}}]
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Things on the same engine, and a kubeconfig, that are none of the sandbox's."""
    if reason := KindPipeline.cannot_run():
        pytest.skip(reason)
    engine, name = connect(), f"foreign-{secrets.token_hex(4)}"
    network, volume = engine.networks.create(name), engine.volumes.create(name)
    (tmp_path / "kubeconfig").write_text(_KUBECONFIG)
    yield {"name": name, "kubeconfig": str(tmp_path / "kubeconfig")}
    network.remove()
    volume.remove()


def test_a_killed_up_can_be_run_again_and_down_leaves_nothing(foreign: dict[str, str]) -> None:
    sandbox = KindPipeline(f"e2e-{secrets.token_hex(4)}", {"CALI_TARGET": "kind", "KUBECONFIG": foreign["kubeconfig"]})
    up = subprocess.Popen(
        [*sandbox.program, "up"],
        env=sandbox.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # Amid the making of the node, which kind is busy with for many seconds, and goes on with when `up` is gone.
        eventually(lambda: any("control-plane" in name for name in sandbox.leftovers()), "a node", within_s=300)
        up.kill()
        up.wait()
        assert sandbox.up()["state"] == "up"
        sandbox.command("down", timeout_s=300)
        assert sandbox.leftovers() == []
        assert not (sandbox.folder / "run" / "kubeconfig").exists()
    finally:
        up.kill()
        sandbox.command("clean", check=False, timeout_s=300)
    assert not sandbox.folder.exists()
    assert Path(foreign["kubeconfig"]).read_text() == _KUBECONFIG
    engine = connect()
    assert engine.networks.list(names=[foreign["name"]])
    assert engine.volumes.get(foreign["name"])
