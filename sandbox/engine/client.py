"""The Docker engine of this machine, found as the `docker` command finds it: DOCKER_HOST, the context, the socket."""

from __future__ import annotations

import os
from collections.abc import Mapping

import docker
from docker.context import ContextAPI
from docker.errors import DockerException

from sandbox.errors import PrerequisiteError

#: Building, saving and importing an image can be silent for this long.
_TIMEOUT_S = 1800

#: Whether there is an engine is asked more impatiently.
_PROBE_TIMEOUT_S = 5


class EngineMissingError(PrerequisiteError):
    """No Docker engine answers.

    Attributes:
        address: Where one was looked for.
    """

    def __init__(self, address: str, reason: str, *, refused: bool = False) -> None:
        start = "start yours; on Linux `sudo bin/sandbox engine start` installs and starts one (docs/images.md)"
        join = "its socket is for root and the group docker: `sudo usermod -aG docker $USER`, then log in anew"
        super().__init__(f"no Docker engine answers at {address}: {reason}", hint=join if refused else start)
        self.address = address


def address(environment: Mapping[str, str] = os.environ) -> str:
    """Where the engine is: DOCKER_HOST, else the context that DOCKER_CONTEXT names, else the current one.

    Raises:
        EngineMissingError: There is no context of that name.
    """
    if host := environment.get("DOCKER_HOST"):
        return host
    named = environment.get("DOCKER_CONTEXT")
    context = ContextAPI.get_context(named)
    if named and context is None:
        raise EngineMissingError(f"the context {named}", "`docker context ls` has none of this name")
    return str(context.Host) if context is not None and context.Host else "unix:///var/run/docker.sock"


def connect() -> docker.DockerClient:
    """A client of the engine, once that has answered.

    Raises:
        EngineMissingError: None did.
    """
    where = address()
    tls = bool(os.environ.get("DOCKER_TLS_VERIFY"))
    try:
        # from_env reads the certificates for TLS; a context's address is handed over the same way.
        settings = {**os.environ, "DOCKER_HOST": where, **({"DOCKER_TLS_VERIFY": "1"} if tls else {})}
        docker.DockerClient.from_env(timeout=_PROBE_TIMEOUT_S, environment=settings).ping()
        return docker.DockerClient.from_env(timeout=_TIMEOUT_S, environment=settings)
    except (DockerException, OSError) as error:
        cause = _innermost(error)
        text = getattr(cause, "strerror", None) or str(cause)
        reason = " ".join(str(text).split())[:160]
        raise EngineMissingError(where, reason, refused=isinstance(cause, PermissionError)) from error


def answers() -> bool:
    """Whether there is an engine."""
    try:
        connect().close()
    except EngineMissingError:
        return False
    return True


def is_rootless(engine: docker.DockerClient) -> bool:
    """Whether an ordinary user runs the engine: root in its containers is that user."""
    return any("rootless" in str(option) for option in engine.info().get("SecurityOptions") or ())


def _innermost(error: BaseException) -> BaseException:
    """The cause of all: docker's own message wraps it three times."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
