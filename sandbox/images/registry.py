"""Whether a published image can be pulled: asked once for each registry that does not answer."""

from __future__ import annotations

import docker
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from sandbox.images.settings import HUB

#: A closed network often drops packets silently: nobody waits longer than this for an answer.
_PATIENCE_S = 10


class Registries:
    """Asks registries through the engine, which has their credentials, mirrors and certificates.

    Args:
        engine: The Docker engine.
    """

    def __init__(self, engine: docker.DockerClient) -> None:
        self._engine = engine
        self._silent: dict[str, str] = {}

    def refusal(self, reference: str) -> str | None:
        """Why `reference` cannot be pulled; None when it can."""
        host = host_of(reference)
        if host in self._silent:
            return self._silent[host]
        kept = self._engine.api.timeout
        self._engine.api.timeout = _PATIENCE_S
        try:
            self._engine.images.get_registry_data(reference)
        except APIError as error:
            reason = " ".join(str(error.explanation or error).split())[:200]
            if (error.status_code or 0) >= 500:  # The engine did not reach it: no other image of it can be had either.
                self._silent[host] = reason
            return reason
        except (DockerException, RequestException):
            self._silent[host] = f"{host} did not answer in {_PATIENCE_S} s"
            return self._silent[host]
        finally:
            self._engine.api.timeout = kept
        return None


def host_of(reference: str) -> str:
    """The registry's host: the first part when it looks like one, else Docker Hub."""
    first, slash, _ = reference.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else HUB
