"""The Deployments of `k8s/` as the process runner needs them: command, environment, probes, replicas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.definitions import kustomization
from sandbox.definitions.errors import DefinitionError


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class KeyReference(_Part):
    """A key of a ConfigMap."""

    name: str
    key: str
    optional: bool = False


class FieldReference(_Part):
    """A field of the pod, such as `metadata.name`."""

    field_path: str = Field(alias="fieldPath")


class ValueSource(_Part):
    """Where a variable's value comes from."""

    config_map: KeyReference | None = Field(default=None, alias="configMapKeyRef")
    field: FieldReference | None = Field(default=None, alias="fieldRef")


class Variable(_Part):
    """One entry of `env`."""

    name: str
    value: str | None = None
    source: ValueSource | None = Field(default=None, alias="valueFrom")


class HttpGet(_Part):
    """The request of a probe."""

    path: str
    port: int | str


class Probe(_Part):
    """A probe of a container."""

    http_get: HttpGet | None = Field(default=None, alias="httpGet")


class Port(_Part):
    """A port a container listens on."""

    name: str = ""
    container_port: int = Field(alias="containerPort")


class Container(_Part):
    """One container, as far as a plain process needs it."""

    name: str
    image: str
    command: list[str] = Field(default_factory=list)
    args: list[str] = Field(default_factory=list)
    env: list[Variable] = Field(default_factory=list)
    ports: list[Port] = Field(default_factory=list)
    readiness: Probe | None = Field(default=None, alias="readinessProbe")


@dataclass(frozen=True)
class Workload:
    """A Deployment with one container.

    Attributes:
        name: The Deployment's name.
        replicas: How many processes.
        grace_s: Seconds from SIGTERM to SIGKILL.
        container: Its container.
        path: The overlay it was built from, for error messages.
    """

    name: str
    replicas: int
    grace_s: int
    container: Container
    path: Path

    @property
    def argv(self) -> list[str]:
        """The command line; Kubernetes appends `args` to `command`."""
        return [*self.container.command, *self.container.args]

    def environment(self, settings: Mapping[str, str], *, pod: str) -> dict[str, str]:
        """The container's environment, with `settings` as the ConfigMap it refers to and `pod` as the pod's name.

        Raises:
            DefinitionError: A variable refers to something that is not there.
        """
        values = {}
        for variable in self.container.env:
            value = self._value(variable, settings, pod)
            if value is not None:
                values[variable.name] = value
        return values

    def readiness_path(self) -> str | None:
        """The path of the HTTP readiness probe, None when there is none."""
        probe = self.container.readiness
        return probe.http_get.path if probe and probe.http_get else None

    def _value(self, variable: Variable, settings: Mapping[str, str], pod: str) -> str | None:
        if variable.source is None:
            return variable.value or ""
        where = f"Deployment/{self.name} env {variable.name}"
        if (reference := variable.source.config_map) is not None:
            if reference.key in settings:
                return settings[reference.key]
            if reference.optional:
                return None
            known = ", ".join(sorted(settings))
            problem = f"the ConfigMap {reference.name} has no key {reference.key}"
            raise DefinitionError(self.path, where, problem, hint=f"it has: {known}")
        if variable.source.field is not None and variable.source.field.field_path == "metadata.name":
            return pod
        raise DefinitionError(self.path, where, "this source is not supported here")


def read(overlay: Path) -> dict[str, Workload]:
    """Every Deployment of an overlay by name; raises DefinitionError for one that cannot be run as a process."""
    return {
        manifest["metadata"]["name"]: _workload(manifest, overlay)
        for manifest in kustomization.build(overlay)
        if manifest["kind"] == "Deployment"
    }


def _workload(manifest: dict[str, Any], overlay: Path) -> Workload:
    name = manifest["metadata"]["name"]
    try:
        pod = manifest["spec"]["template"]["spec"]
        [container] = pod["containers"]
        return Workload(
            name=name,
            replicas=int(manifest["spec"].get("replicas", 1)),
            grace_s=int(pod.get("terminationGracePeriodSeconds", 30)),
            container=Container.model_validate(container),
            path=overlay,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DefinitionError(overlay, f"Deployment/{name} {where}", first["msg"]) from error
    except (KeyError, TypeError, ValueError) as error:
        raise DefinitionError(overlay, f"Deployment/{name}", f"needs one container ({error})") from error
