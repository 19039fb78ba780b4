"""The kind target over a fake engine, node and cluster: what it asks of them, and what it makes of their faults."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest
from rich.console import Console
from urllib3.exceptions import ProtocolError

from sandbox.cluster import releases
from sandbox.containers.definition import Definition
from sandbox.containers.faults import ContainerError
from sandbox.definitions import charts
from sandbox.errors import ExitCode, SandboxError
from sandbox.helm.errors import ChartUnavailableError
from sandbox.images.catalogue import CATALOGUE
from sandbox.images.errors import UnpublishedError
from sandbox.install.prerequisites import MissingError
from sandbox.instance import REPOSITORY, Instance
from sandbox.services.base import NotReadyError, ProcessState
from sandbox.targets import containerized, kind
from sandbox.targets.bring_up import wait_ready
from sandbox.targets.kind import Kind
from sandbox.terminal import Terminal

FLUENT_BIT = str(CATALOGUE["fluent-bit"].published)
SERVERS = ("aws", "opensearch", "milvus", "model", "slack", "firehose")
RUNNING = ProcessState("RUNNING", 1, "")


class FakeApi:
    """A cluster whose workloads have two ready pods, once it has answered `faults` times not at all."""

    def __init__(self, done: list[Any]) -> None:
        self.done = done
        self.faults = 0
        counted = {"replicas": 2, "ready_replicas": 2, "updated_replicas": 2, "observed_generation": 1}
        found = Some(metadata=Some(generation=1), spec=Some(replicas=2), status=Some(**counted))
        counted = {"desired_number_scheduled": 1, "updated_number_scheduled": 1, "number_ready": 1}
        on_nodes = Some(metadata=Some(generation=1), status=Some(**counted, observed_generation=1))
        self.apps = Some(
            read_namespaced_deployment=lambda *_: self._told(found),
            read_namespaced_daemon_set=lambda *_: self._told(on_nodes),
            patch_namespaced_deployment=lambda name, *_: done.append(f"roll {name}"),
        )

    def _told(self, answer: Any) -> Any:
        if self.faults:
            self.faults -= 1
            raise ProtocolError("connection reset")
        return answer

    def pods(self, *_: object) -> list[Any]:
        return list(self._told([]))

    def apply(self, manifests: list[dict[str, Any]]) -> None:
        pods = [m["spec"]["template"]["spec"] for m in manifests if m["kind"] in ("Deployment", "DaemonSet")]
        self.done += [f"apply {container['image']}" for pod in pods for container in pod["containers"]]

    def forget(self) -> None:
        self.done.append("forget")

    def wait(self) -> None:
        self.done.append("wait for the API server")


class FakeNode:
    """A node that is made, or not."""

    def __init__(self, done: list[Any]) -> None:
        self.done = done
        self.is_made = True

    def begin(self, _: Path, image: str, *, own_image: bool) -> None:
        self.done.append(f"begin {image}" if own_image else "begin with somebody else's image")

    def wait(self, _: str) -> None:
        self.done.append("wait for the node")

    def load(self, _: Path, images: list[str]) -> None:
        self.done.append(f"load {' '.join(images)}")


class Bench:
    """A target over fakes, and what was asked of them, in order."""

    def __init__(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[Any] = []
        self.images_are_of = "1"
        self.publishes = False
        self.chart_fault: SandboxError | None = None
        self.target = Kind(instance)
        self.api, self.node = FakeApi(self.done), FakeNode(self.done)
        self.target.api, self.target.node = self.api, self.node  # type: ignore[assignment]
        self.target.memory.ports = dict.fromkeys(SERVERS, 20000)
        runner = self.target.runner
        monkeypatch.setattr(runner, "states", lambda: dict.fromkeys(SERVERS, RUNNING))
        monkeypatch.setattr(runner, "network", lambda: self.done.append("network"))
        monkeypatch.setattr(runner, "halt", lambda name, _: self.done.append(f"halt {name}"))
        monkeypatch.setattr(runner, "run", self._run)
        monkeypatch.setattr(runner, "drop", lambda name: self.done.append(f"drop {name}"))
        monkeypatch.setattr(releases, "have_fluent_bit", self._have_chart)
        monkeypatch.setattr(kind, "tool", lambda *_: Path("kind"))
        monkeypatch.setattr(containerized, "ensure", self._ensure)
        monkeypatch.setattr("sandbox.install.prerequisites.check_machine", lambda *_, **__: None)

    def _run(self, name: str, definition: Definition) -> None:
        self.done.append(f"run {name} from {definition.image}")

    def _ensure(self, names: list[str], _: Terminal) -> dict[str, str]:
        if list(names) == ["fluent-bit"]:
            if not self.publishes:
                raise UnpublishedError(FLUENT_BIT, "no such host")
            return {"fluent-bit": FLUENT_BIT}
        self.done.append("images")
        return {name: f"cali/{name}:{self.images_are_of}" for name in names}

    def _have_chart(self) -> None:
        if self.chart_fault:
            raise self.chart_fault


@pytest.fixture
def bench(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(instance, monkeypatch)


@pytest.fixture
def terminal() -> Terminal:
    quiet = Terminal()
    quiet.console = Console(file=io.StringIO())
    return quiet


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` command and no other."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


@pytest.mark.usefixtures("docker")
def test_the_cluster_is_asked_anew_once_its_node_was_begun(bench: Bench, terminal: Terminal) -> None:
    bench.target.prepare(terminal)
    bench.target._cluster.result()
    done = [what for what in bench.done if what != "drop kinesis-tls"]
    assert done[:4] == ["images", "network", "begin cali/kind-node:1", "forget"]
    assert done[4] == "wait for the node"
    assert done[5].startswith("load cali/consumer:1 ")
    assert done[6:] == ["wait for the API server"]


@pytest.mark.usefixtures("docker")
def test_fluent_bit_itself_runs_where_its_image_and_its_chart_can_be_had(bench: Bench, terminal: Terminal) -> None:
    bench.publishes = True
    bench.target.prepare(terminal)
    bench.target._cluster.result()
    shipper = bench.target.workloads()["shipper"]
    assert (shipper.nature, shipper.version()) == ("real", FLUENT_BIT)
    assert "daemonset/fluent-bit" in shipper.endpoint
    assert "kinesis-tls" in bench.target.servers
    assert next(what for what in bench.done if what.startswith("load")).endswith(FLUENT_BIT)


@pytest.mark.usefixtures("docker")
@pytest.mark.parametrize("chart_is_missing", [True, False])
def test_without_one_of_them_the_stand_in_runs_and_the_reason_is_said(
    bench: Bench, terminal: Terminal, *, chart_is_missing: bool
) -> None:
    bench.target.memory.variant["image fluent-bit"] = FLUENT_BIT  # of an `up` that had both
    if chart_is_missing:
        bench.publishes = True
        chart = charts.read(REPOSITORY / "helm-values")["fluent-bit"]
        bench.chart_fault = ChartUnavailableError(chart, "charts.example", "no such host")
    bench.target.prepare(terminal)
    bench.target._cluster.result()
    shipper = bench.target.workloads()["shipper"]
    assert (shipper.nature, shipper.version()) == ("stand-in", "cali/sandbox:1")
    assert "kinesis-tls" not in bench.target.servers
    assert "drop kinesis-tls" in bench.done
    assert isinstance(terminal.console.file, io.StringIO)
    assert "no such host: the stand-in for Fluent Bit executes its values" in " ".join(
        terminal.console.file.getvalue().split()
    )


def test_kind_without_the_docker_command_is_a_missing_prerequisite(
    bench: Bench, terminal: Terminal, docker: Path
) -> None:
    docker.unlink()
    with pytest.raises(MissingError, match="docker is not on PATH") as caught:
        bench.target.prepare(terminal)
    assert caught.value.exit_code == ExitCode.PREREQUISITE
    assert not bench.done


def test_what_the_cluster_does_not_tell_is_not_gone(bench: Bench) -> None:
    bench.api.faults = 3
    states = bench.target.states()
    assert states.keys() == {*SERVERS, "shipper", "consumer", "log-generator"}
    assert states["consumer"].state == "UNKNOWN"
    assert "connection reset" in states["consumer"].detail
    assert {state.state for state in bench.target.states().values()} == {"RUNNING"}


def test_without_a_cluster_nothing_of_it_runs(bench: Bench) -> None:
    bench.node.is_made = False
    assert bench.target.states()["consumer"].state == "UNKNOWN"
    bench.api.faults = 1
    [(name, line)] = bench.target.log_lines(["consumer"], 10, follow=False)
    assert (name, line) == ("consumer", "the cluster does not tell its pods: connection reset")


def test_a_cluster_that_does_not_answer_for_a_moment_fails_no_part(bench: Bench, terminal: Terminal) -> None:
    bench.api.faults = 4  # Twice for the probe, twice for the state.
    wait_ready(bench.target, bench.target.workloads()["consumer"], terminal)
    assert bench.api.faults == 0


def test_one_that_stays_away_is_told_at_the_end_of_patience(bench: Bench, terminal: Terminal) -> None:
    bench.api.faults = 1_000_000
    consumer = bench.target.workloads()["consumer"]
    consumer.ready_s = 0.3
    with pytest.raises(NotReadyError, match="the cluster does not tell: ProtocolError"):
        wait_ready(bench.target, consumer, terminal)


def test_a_restarted_server_takes_changed_code(bench: Bench, instance: Instance) -> None:
    bench.images_are_of = "2"
    bench.target.restart("slack")
    assert bench.done == ["images", "halt slack", "run slack from cali/sandbox:2"]
    assert Kind(instance).images == {"sandbox": "cali/sandbox:2"}
    bench.images_are_of = "3"
    bench.target.start("slack")
    assert bench.done[-1] == "run slack from cali/sandbox:3"


def test_a_restarted_workload_takes_changed_code(bench: Bench) -> None:
    bench.target.memory.variant["image consumer"] = "cali/consumer:1"
    bench.images_are_of = "2"
    bench.target.restart("consumer")
    assert bench.done[0] == "images"
    assert bench.done[1].startswith("load cali/consumer:2 ")
    assert "apply cali/consumer:2" in bench.done
    assert "apply cali/log-generator:2" not in bench.done  # It may have been stopped.
    assert bench.done[-1] == "roll consumer"
    assert bench.target.workloads()["consumer"].version() == "cali/consumer:2"


@pytest.mark.parametrize("call", [lambda target: target.halt("consumer"), lambda target: target.start("consumer")])
def test_a_cluster_that_refuses_is_one_line(bench: Bench, call: Callable[[Kind], None]) -> None:
    bench.api.faults = 1
    bench.api.apps.patch_namespaced_deployment_scale = lambda *_: bench.api._told(None)
    with pytest.raises(Exception, match=r"the cluster could not .* consumer: connection reset") as caught:
        call(bench.target)
    assert type(caught.value).__name__ == "ApiError"


def test_an_engine_that_does_not_answer_leaves_the_clusters_word(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Any:
        raise ContainerError("list its containers", "it is gone")

    monkeypatch.setattr(bench.target.runner, "states", gone)
    states = bench.target.states()
    assert (states["aws"].state, states["consumer"].state) == ("UNKNOWN", "RUNNING")
