"""What the Docker engine refuses or does not answer, as one line for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from docker.errors import DockerException
from requests.exceptions import RequestException

from sandbox.errors import SandboxError

#: What its client raises: an engine that ends amid a call is no fault of its own kind, but one of the connection.
Faults = (DockerException, RequestException)


class ContainerError(SandboxError):
    """The engine did not do what it was asked.

    Attributes:
        action: What it was asked.
    """

    def __init__(self, action: str, reason: object, *, hint: str = "") -> None:
        text = getattr(reason, "explanation", None) or reason
        super().__init__(f"the Docker engine could not {action}: {' '.join(str(text).split())}", hint=hint)
        self.action = action


@contextmanager
def asked(action: str) -> Iterator[None]:
    """Raise ContainerError for what the engine refuses, or does not answer."""
    try:
        yield
    except Faults as error:
        raise ContainerError(action, error) from error
