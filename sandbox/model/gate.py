"""What happens to every API request before and after its own handler."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.model.auth import check_key
from sandbox.model.problems import ApiError
from sandbox.model.state import ModelState

_log = logging.getLogger(__name__)
_HANG_POLL_S = 0.25

Handler = Callable[[ModelState, Request], Awaitable[Response]]


def gated(state: ModelState, endpoint: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler behind the key check, the faults, the error shape and the counters."""

    async def handle(request: Request) -> Response:
        began = time.perf_counter()
        state.counters.began(endpoint)
        status = 499  # stays when the client leaves before the answer
        try:
            response = await _answer(state, endpoint, handler, request)
            status = response.status_code
        finally:
            seconds = time.perf_counter() - began
            state.counters.ended(endpoint, status, seconds)
        response.headers["x-request-id"] = f"req_{uuid.uuid4().hex}"
        response.headers["openai-processing-ms"] = f"{seconds * 1000:.0f}"
        _log.info("answered", extra={"endpoint": endpoint, "status": status, "seconds": round(seconds, 4)})
        return response

    return handle


async def read_json(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body.

    Raises:
        ApiError: There is none.
    """
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError("We could not parse the JSON body of your request: the API expects a JSON payload.") from error
    if not isinstance(body, dict):
        raise ApiError("The body of the request must be a JSON object.")
    return body


async def _answer(state: ModelState, endpoint: str, handler: Handler, request: Request) -> Response:
    try:
        check_key(request.headers.get("authorization"), state.key)
        faults = state.faults.of(endpoint)
        if faults.hang:
            state.counters.faults += 1
            await _hang(state, endpoint, request)
        if faults.fixed_latency_s is not None and endpoint != "chat":
            await asyncio.sleep(faults.fixed_latency_s)
        try:
            state.faults.raise_error(endpoint)
        except ApiError:
            state.counters.faults += 1
            raise
        return await handler(state, request)
    except ApiError as problem:
        return problem.response()


async def _hang(state: ModelState, endpoint: str, request: Request) -> None:
    """Answer nothing until the client leaves or the fault is taken back."""
    await request.body()
    while state.faults.of(endpoint).hang:
        if await request.is_disconnected():
            raise ApiError("The client left.", status=499)
        await asyncio.sleep(_HANG_POLL_S)
