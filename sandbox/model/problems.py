"""Refusals in the shape the OpenAI API gives them."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from sandbox.errors import SandboxError


class ApiError(SandboxError):
    """A request that is answered with an error.

    Attributes:
        status: The HTTP status.
        type: OpenAI's `error.type`.
        code: OpenAI's `error.code`, if that error has one.
        param: The request field at fault, if one is.
        headers: Headers of the answer, such as Retry-After.
    """

    def __init__(  # noqa: PLR0913 - the fields of OpenAI's error object
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",  # noqa: A002 - the API's own name
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}

    def response(self) -> JSONResponse:
        """Return the HTTP answer."""
        return JSONResponse(self.body(), status_code=self.status, headers=self.headers)


def bad_value(param: str, message: str, code: str | None = "invalid_value") -> ApiError:
    """Return the refusal of one field of the request."""
    return ApiError(message, param=param, code=code)


def missing(param: str) -> ApiError:
    """Return the refusal of a request that lacks a field."""
    return ApiError(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")


def unknown_model(name: str, served: list[str]) -> ApiError:
    """Return the refusal of a model this server does not have."""
    return ApiError(
        f"The model '{name}' does not exist or you do not have access to it. Served here: {', '.join(served)}.",
        status=404,
        code="model_not_found",
        param="model",
    )
