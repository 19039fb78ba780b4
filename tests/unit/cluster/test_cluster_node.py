"""The cluster is made for this instance alone: its network, its kubeconfig, its folders."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest
import yaml

from sandbox.cluster.node import ClusterError, Node
from sandbox.containers.runner import Runner
from sandbox.engine import client
from sandbox.instance import Home

# Takes the place of kind: says what it was called with, and writes the kubeconfig it was told to.
_PROGRAM = f"""#!{sys.executable}
import json, os, pathlib, sys
options = dict(word.split("=", 1) for word in sys.argv if "=" in word)
print(json.dumps({{"argv": sys.argv[1:], "network": os.environ["KIND_EXPERIMENTAL_DOCKER_NETWORK"],
                  "kubeconfig": os.environ.get("KUBECONFIG"), "engine": os.environ["DOCKER_HOST"]}}))
if options["--image"] == "broken":
    sys.exit("ERROR: failed to create cluster: no such image")
pathlib.Path(options["--kubeconfig"]).write_text("apiVersion: v1")
"""


class FakeEngine:
    """An engine that holds one node once it is put there."""

    def __init__(self) -> None:
        self.node: Any = None
        self.containers = Some(list=lambda **_: [self.node] if self.node else [])

    def info(self) -> dict[str, str]:
        return {"CgroupVersion": "1"}


@pytest.fixture
def kind(tmp_path: Path) -> Path:
    """The program."""
    path = tmp_path / "kind"
    path.write_text(_PROGRAM)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    """A node of an instance that the user's own kubeconfig must not get into."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "of-the-user"))
    instance = Home(tmp_path).instance("unit")
    instance.create()
    runner = Runner(instance)
    runner._engine = FakeEngine()  # type: ignore[assignment]
    return Node(runner)


def test_it_gets_a_kubeconfig_and_a_network_of_its_own(node: Node, kind: Path) -> None:
    node.begin(kind, "node:1", own_image=True)
    node.wait("node:1")
    said = yaml.safe_load(node.log.read_text())
    assert f"--kubeconfig={node.kubeconfig}" in said["argv"]
    assert (said["network"], said["kubeconfig"]) == (node.runner.name, None)
    assert stat.S_IMODE(node.kubeconfig.stat().st_mode) == 0o600


def test_kind_makes_it_on_the_engine_of_the_context_in_use(
    node: Node, kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "address", lambda: "unix:///run/other/docker.sock")
    node.begin(kind, "node:1", own_image=True)
    node.wait("node:1")
    assert yaml.safe_load(node.log.read_text())["engine"] == "unix:///run/other/docker.sock"


def test_its_name_is_one_that_kind_takes(tmp_path: Path) -> None:
    runners = [Runner(Home(tmp_path).instance(name)) for name in ("My_One", "my-one")]
    names = [Node(runner).name for runner in runners]
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in names)
    assert len(set(names)) == 2
    assert names[1] == runners[1].name


def test_the_host_sees_its_logs_and_only_loopback_its_api_server(node: Node, kind: Path) -> None:
    node.begin(kind, "node:1", own_image=False)
    node.wait("node:1")
    made = yaml.safe_load((node.instance.run / "kind.yaml").read_text())
    mounts = {m["containerPath"]: m["hostPath"] for m in made["nodes"][0]["extraMounts"]}
    assert mounts["/var/log/containers"] == str(node.instance.containers)
    assert made["networking"] == {"apiServerAddress": "127.0.0.1"}
    assert "failCgroupV1: false" in made["kubeadmConfigPatches"][0]


def test_what_kind_says_is_the_error(node: Node, kind: Path) -> None:
    node.begin(kind, "broken", own_image=False)
    with pytest.raises(ClusterError, match="failed to create cluster: no such image"):
        node.wait("broken")


def test_a_node_of_a_killed_run_is_replaced_and_a_whole_one_kept(node: Node, kind: Path) -> None:
    removed = []
    engine: Any = node.runner.engine
    engine.node = Some(id="n1", status="exited", remove=lambda **_: removed.append("n1"))
    node.begin(kind, "node:1", own_image=False)
    engine.node = Some(id="n2", status="running", remove=lambda **_: removed.append("n2"))
    node.wait("node:1")
    assert removed == ["n1"]
    again = Node(node.runner)
    again.begin(kind, "node:1", own_image=False)
    assert removed == ["n1"]
    assert again._making is None
    Node(node.runner).begin(kind, "node:2", own_image=False)
    assert removed == ["n1", "n2"]


def test_a_published_image_that_kind_cannot_load_is_left_to_the_node(node: Node, tmp_path: Path) -> None:
    """An engine that keeps one part of it is refused by kind; one of ours is in no registry."""
    kind = tmp_path / "kind"
    kind.write_text(
        '#!/bin/sh\necho "loads $4 $5"\nfor word; do case $word in example/*|cali/gone*) exit 1; esac; done\n'
    )
    kind.chmod(0o755)
    node.load(kind, ["cali/consumer:1", "example/metrics:2"])
    assert node.log.read_text() == "loads cali/consumer:1 \nloads example/metrics:2 \n"
    with pytest.raises(ClusterError, match="could not load images"):
        node.load(kind, ["cali/gone:1"])


def test_a_stopped_node_takes_images_only_once_it_is_ready(node: Node, kind: Path) -> None:
    engine: Any = node.runner.engine
    node.begin(kind, "node:1", own_image=False)
    engine.node = Some(id="n1", status="running")
    node.wait("node:1")
    done: list[str] = []
    answers = iter([(1, b"no such file"), (1, b"connection refused"), (0, b"2.1")])

    def run(command: list[str]) -> tuple[int, bytes]:
        done.append(command[0])
        return next(answers)

    engine.node = Some(id="n1", status="exited", start=lambda: done.append("start"), exec_run=run)
    again = Node(node.runner)
    again.begin(kind, "node:1", own_image=False)
    again.wait("node:1")
    assert done == ["start", "ctr", "ctr", "ctr"]


def test_a_node_that_somebody_removed_leaves_no_kubeconfig_of_its_own(node: Node, kind: Path) -> None:
    engine: Any = node.runner.engine
    node.begin(kind, "node:1", own_image=False)
    engine.node = Some(id="n1", status="running")
    node.wait("node:1")
    assert node.is_made
    engine.node = None
    again = Node(node.runner)
    again.begin(kind, "broken", own_image=False)
    assert not again.is_made
    with pytest.raises(ClusterError):
        again.wait("broken")
