"""What the provider reports when something goes wrong."""

from __future__ import annotations

from botocore.exceptions import ClientError

from sandbox.tfprovider.values import Attributes


class ProviderError(Exception):
    """Something went wrong at the service, or the table does not allow what was asked.

    Attributes:
        summary: One line: what was tried on what.
        detail: What came back.
        state: What is known to exist now, to be kept by Terraform; None when nothing is.
    """

    def __init__(self, summary: str, detail: str = "", state: Attributes | None = None) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail
        self.state = state


def code_of(error: BaseException | None) -> str:
    """The service's error code."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def describe(verb: str, type_name: str, state: Attributes, problem: object) -> tuple[str, str]:
    """Summary and detail of a failure."""
    label = state.get("id") or state.get("name") or state.get("bucket") or ""
    return f"{verb} {type_name} {label}".strip(), str(problem)
