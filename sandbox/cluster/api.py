"""The cluster's API server: objects applied, pods found and asked."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from kubernetes import client, config, dynamic
from kubernetes.client.exceptions import ApiException
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed
from urllib3.exceptions import HTTPError

from sandbox.cluster.faults import ApiError, Faults, asked
from sandbox.definitions.kustomization import Manifest

#: Owns the fields that this code sets, so that an autoscaler's stay its own.
MANAGER = "cali-sandbox"

#: What is asked again and again waits for this long, and every other request for that: a busy machine is slow at first.
_TIMEOUT_S = 5.0
_PATIENCE_S = 30.0

#: A node that was stopped takes this long until its API server serves again.
_READY_S = 180.0

#: How long an object that is made anew may take to go.
_GONE_S = 60.0
_POLL_S = 0.3
_NOT_FOUND = 404
_UNPROCESSABLE = 422

#: What others refer to goes first.
_FIRST = ("Namespace", "PriorityClass", "ServiceAccount", "ConfigMap", "ClusterRole", "Role")


class Api:
    """Clients of one cluster.

    Args:
        kubeconfig: The file that says where it is and who asks.
    """

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig

    @cached_property
    def _client(self) -> Any:  # the package has no types
        settings = client.Configuration()
        settings.proxy = None
        settings.retries = False
        loaded = config.new_client_from_config(str(self._kubeconfig), client_configuration=settings)
        loaded.rest_client.request = _bounded(loaded.rest_client.request)
        return loaded

    def forget(self) -> None:
        """Drop what is known of a cluster whose place another one takes: its address, its keys, its resources."""
        for name in ("_client", "_dynamic", "core", "apps"):
            self.__dict__.pop(name, None)
        self._resources.unlink(missing_ok=True)

    def wait(self) -> None:
        """Until the API server serves; raises ApiError when it does not in time."""
        with asked("answer"):
            self._require_served()

    @retry(
        retry=retry_if_exception_type(Faults), stop=stop_after_delay(_READY_S), wait=wait_fixed(_POLL_S), reraise=True
    )
    def _require_served(self) -> None:
        self._client.call_api(
            "/readyz", "GET", response_types_map={}, auth_settings=["BearerToken"], _request_timeout=_TIMEOUT_S
        )

    @cached_property
    def core(self) -> Any:
        """Pods, nodes, logs."""
        return client.CoreV1Api(self._client)

    @cached_property
    def apps(self) -> Any:
        """Deployments and DaemonSets."""
        return client.AppsV1Api(self._client)

    @cached_property
    def _dynamic(self) -> Any:
        return dynamic.DynamicClient(self._client, cache_file=str(self._resources))

    @property
    def _resources(self) -> Path:
        """What the API server serves, so that it is not asked each time."""
        return self._kubeconfig.with_name("api-resources.json")

    def apply(self, manifests: list[Manifest]) -> None:
        """Have these objects as they are given, as `kubectl apply --server-side` does; raises ApiError."""
        order = {kind: number for number, kind in enumerate(_FIRST)}
        for manifest in sorted(manifests, key=lambda m: order.get(m["kind"], len(order))):
            where = f"{manifest['kind']}/{manifest['metadata']['name']}"
            try:
                self._apply_one(manifest)
            except (*Faults, dynamic.exceptions.ResourceNotFoundError) as error:
                raise ApiError(f"take {where}", error) from error

    def _apply_one(self, manifest: Manifest) -> None:
        resource = self._dynamic.resources.get(api_version=manifest["apiVersion"], kind=manifest["kind"])
        place = {"name": manifest["metadata"]["name"], "namespace": manifest["metadata"].get("namespace")}
        apply = functools.partial(
            resource.server_side_apply, body=manifest, field_manager=MANAGER, force_conflicts=True, **place
        )
        try:
            apply()
        except ApiException as error:
            if error.status != _UNPROCESSABLE or "immutable" not in str(error.body):
                raise
            # What cannot be changed in place, such as a selector, is made anew.
            resource.delete(propagation_policy="Foreground", **place)
            deadline = time.monotonic() + _GONE_S
            while self._exists(resource, place) and time.monotonic() < deadline:
                time.sleep(_POLL_S)
            apply()

    def remove_daemon_set(self, namespace: str, name: str) -> None:
        """Remove a DaemonSet with its pods, when there is one; raises ApiError."""
        with asked(f"remove DaemonSet/{name}"):
            try:
                self.apps.delete_namespaced_daemon_set(name, namespace, propagation_policy="Foreground")
            except ApiException as error:
                if error.status != _NOT_FOUND:
                    raise

    @staticmethod
    def _exists(resource: Any, place: dict[str, Any]) -> bool:
        try:
            resource.get(**place)
        except dynamic.exceptions.NotFoundError:
            return False
        return True

    def pods(self, namespace: str, name: str) -> list[Any]:
        """The pods of a workload that are not on their way out, the oldest first."""
        selector = f"app.kubernetes.io/name={name}"
        found = self.core.list_namespaced_pod(namespace, label_selector=selector, _request_timeout=_TIMEOUT_S).items
        alive = (pod for pod in found if pod.metadata.deletion_timestamp is None)
        return sorted(alive, key=lambda pod: pod.metadata.creation_timestamp)

    def ask(self, namespace: str, pod: str, port: int, path: str) -> Any:
        """The JSON document that a pod answers to GET `path`, through the API server."""
        answer = self.core.connect_get_namespaced_pod_proxy_with_path(
            f"{pod}:{port}", namespace, path.lstrip("/"), _preload_content=False, _request_timeout=_TIMEOUT_S
        )
        return json.loads(answer.data)

    def log_lines(self, namespace: str, pod: str, lines: int, *, follow: bool) -> Iterator[str]:
        """The last lines of a pod's log, and with `follow` those it writes from now on; none when it has none."""
        patience = (_TIMEOUT_S, None if follow else _PATIENCE_S)
        rest = b""
        with suppress(*Faults):  # its container has not begun, or its node ends
            stream = self.core.read_namespaced_pod_log(
                pod, namespace, tail_lines=lines, follow=follow, _preload_content=False, _request_timeout=patience
            )
            for chunk in stream.stream():
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line.decode(errors="replace") for line in whole)
        if rest:
            yield rest.decode(errors="replace")


def _bounded(request: Callable[..., Any]) -> Callable[..., Any]:
    """A request that ends when nothing is answered: the client waits for ever unless each call says how long.

    Raises:
        Faults: And nothing else.
    """

    @functools.wraps(request)
    def bounded(*arguments: Any, **options: Any) -> Any:
        options["_request_timeout"] = options.get("_request_timeout") or _PATIENCE_S
        try:
            return request(*arguments, **options)
        except ApiException as error:
            if error.body is not None:
                raise
            # Of a connection cut amid TLS, as by a server that starts: the client itself stumbles over such a one.
            raise HTTPError(error.reason) from error

    return bounded
