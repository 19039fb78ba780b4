"""Refusals as Slack gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.errors import SandboxError


class SlackRefusalError(SandboxError):
    """A call that is answered with `ok: false`.

    Attributes:
        error: Slack's name of the error.
        details: What stands in `response_metadata.messages`.
        status: The HTTP status; Slack answers 200 to most refusals.
        retry_after_s: The Retry-After header, if there is one.
    """

    def __init__(
        self, error: str, *, details: Sequence[str] = (), status: int = 200, retry_after_s: int | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.details = list(details)
        self.status = status
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the Web API's answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error}
        if self.details:
            body["errors"] = self.details
            body["response_metadata"] = {"messages": [f"[ERROR] {detail}" for detail in self.details]}
        return body

    def headers(self) -> dict[str, str]:
        """Return the headers of the answer."""
        return {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}


def rate_limited(wait_s: float) -> SlackRefusalError:
    """Return the refusal of a call that came too soon; Retry-After is whole seconds, rounded up."""
    return SlackRefusalError("ratelimited", status=429, retry_after_s=max(1, -int(-wait_s // 1)))
