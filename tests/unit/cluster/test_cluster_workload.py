"""A workload of the cluster as a part: when it is ready, why it is not, and what it is doing."""

from __future__ import annotations

from types import SimpleNamespace as Some
from typing import Any

import pytest

from sandbox.cluster.workload import DeployedPart, PodReplicas
from sandbox.services.base import NotReadyError


def _pod(name: str, *, ready: bool = True, waiting: Any = None, restarts: int = 0) -> Any:
    state = Some(waiting=waiting, terminated=None)
    return Some(
        metadata=Some(name=name),
        status=Some(
            conditions=[Some(type="Ready", status="True" if ready else "False", message="")],
            init_container_statuses=None,
            container_statuses=[Some(state=state, restart_count=restarts)],
        ),
    )


class FakeApi:
    """One Deployment and its pods."""

    def __init__(self, *pods: Any, wanted: int = 2, ready: int = 2, updated: int = 2, seen: int = 7) -> None:
        self._pods = pods
        status = Some(replicas=wanted, ready_replicas=ready, updated_replicas=updated, observed_generation=seen)
        deployment = Some(spec=Some(replicas=wanted), status=status, metadata=Some(generation=7))
        self.done: list[str] = []
        self.apps = Some(
            read_namespaced_deployment=lambda name, namespace: deployment,
            patch_namespaced_deployment=lambda name, namespace, body: self.done.append(f"roll {name}"),
            patch_namespaced_deployment_scale=lambda name, namespace, body: self.done.append(f"scale {name}"),
        )
        self.asked: list[tuple[str, str, int, str]] = []

    def pods(self, namespace: str, name: str) -> list[Any]:
        assert (namespace, name) == ("cali", "consumer")
        return list(self._pods)

    def ask(self, namespace: str, pod: str, port: int, path: str) -> dict[str, str]:
        self.asked.append((namespace, pod, port, path))
        return {"pod": pod}


def _part(api: Any) -> DeployedPart:
    return DeployedPart(api, kind="Deployment", namespace="cali", name="consumer", image="cali/consumer:1", port=8080)


def test_it_is_ready_when_all_its_pods_are_new_and_ready() -> None:
    _part(FakeApi(_pod("a"), _pod("b"))).probe()


@pytest.mark.parametrize("lagging", [{"ready": 1}, {"updated": 1}, {"seen": 6}])
def test_a_rollout_under_way_is_not_ready(lagging: dict[str, int]) -> None:
    with pytest.raises(NotReadyError, match="of 2 pods are ready"):
        _part(FakeApi(_pod("a"), _pod("b"), **lagging)).probe()


def test_the_reason_of_a_pod_that_cannot_start_is_told() -> None:
    waiting = Some(reason="ErrImageNeverPull", message="no such image")
    with pytest.raises(NotReadyError, match="b: ErrImageNeverPull: no such image"):
        _part(FakeApi(_pod("a"), _pod("b", ready=False, waiting=waiting), ready=1)).probe()


@pytest.mark.parametrize(
    ("pods", "counts", "state"),
    [
        ([], {"wanted": 0, "ready": 0}, "STOPPED"),
        ([_pod("a"), _pod("b", ready=False)], {"ready": 1}, "RUNNING"),
        ([_pod("a", ready=False)], {"ready": 0}, "STARTING"),
        ([_pod("a", ready=False, restarts=1)], {"ready": 0}, "BACKOFF"),
        ([_pod("a", ready=False, restarts=3)], {"ready": 0}, "FATAL"),
        ([_pod("a", ready=False, restarts=3)], {"ready": 0, "seen": 6}, "BACKOFF"),
    ],
)
def test_its_state_is_told_in_the_words_of_a_process(pods: list[Any], counts: dict[str, int], state: str) -> None:
    assert _part(FakeApi(*pods, **counts)).state().state == state


@pytest.mark.parametrize(
    ("pods", "counts", "done"),
    [
        ([], {"wanted": 0, "ready": 0}, ["scale consumer"]),
        ([_pod("a", ready=False, restarts=3)], {"ready": 0}, ["roll consumer"]),
        ([_pod("a", ready=False, restarts=1)], {"ready": 0}, []),
        ([_pod("a"), _pod("b")], {}, []),
    ],
)
def test_what_was_stopped_or_does_not_stay_up_is_started_anew(
    pods: list[Any], counts: dict[str, int], done: list[str]
) -> None:
    api = FakeApi(*pods, **counts)
    _part(api).revive(2)
    assert api.done == done


def test_only_ready_pods_are_asked() -> None:
    api = FakeApi(_pod("a"), _pod("b", ready=False))
    assert PodReplicas(_part(api)).get("/status") == [{"pod": "a"}]
    assert api.asked == [("cali", "a", 8080, "/status")]
