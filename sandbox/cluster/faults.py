"""What a cluster refuses or does not answer, as one line for the user."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException
from urllib3.exceptions import HTTPError

from sandbox.errors import SandboxError

#: The last: there is no kubeconfig (yet, or any more).
Faults = (ApiException, HTTPError, ConfigException)


class ApiError(SandboxError):
    """The API server refused something, or did not answer.

    Attributes:
        action: What it was asked.
    """

    def __init__(self, action: str, cause: Exception) -> None:
        super().__init__(f"the cluster could not {action}: {reason(cause)}")
        self.action = action


@contextmanager
def asked(action: str) -> Iterator[None]:
    """Raise ApiError for what the API server refuses, or does not answer."""
    try:
        yield
    except Faults as error:
        raise ApiError(action, error) from error


def reason(cause: Exception) -> str:
    """The server's own words, where it said any."""
    body = getattr(cause, "body", None)
    try:
        text = str(json.loads(body)["message"]) if body else str(cause)
    except (ValueError, KeyError, TypeError):
        text = str(cause)
    return " ".join(text.split())[:300]
