"""What happens to every call before and after its own handler: faults, counters, and Slack's shape of errors."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack import webhook
from sandbox.slack.arguments import read_arguments, text_of
from sandbox.slack.messages import now
from sandbox.slack.methods import METHODS
from sandbox.slack.refusals import SlackRefusalError
from sandbox.slack.state import SlackState

_log = logging.getLogger(__name__)
_HANG_POLL_S = 0.25
_KEEPING = ("chat.postMessage", "chat.update", "webhook")


async def web_api(state: SlackState, request: Request) -> Response:
    """Answer a call of the Web API."""
    method = request.path_params["method"]

    async def call() -> Response:
        arguments = await read_arguments(request)
        handler = METHODS.get(method)
        if handler is None:
            raise SlackRefusalError("unknown_method")
        if method != "api.test":
            _check_token(state, request, arguments)
        return JSONResponse({"ok": True, **await handler(state, arguments)})

    def refuse(refusal: SlackRefusalError) -> Response:
        return JSONResponse(refusal.body(), status_code=refusal.status, headers=refusal.headers())

    return await _guarded(state, request, method if method in METHODS else "unknown", call, refuse)


async def incoming(state: SlackState, request: Request) -> Response:
    """Answer a webhook."""

    async def call() -> Response:
        return await webhook.receive(state, request)

    def refuse(refusal: SlackRefusalError) -> Response:
        return PlainTextResponse(refusal.error, status_code=refusal.status, headers=refusal.headers())

    return await _guarded(state, request, "webhook", call, refuse)


async def _guarded(
    state: SlackState,
    request: Request,
    name: str,
    call: Callable[[], Awaitable[Response]],
    refuse: Callable[[SlackRefusalError], Response],
) -> Response:
    began = time.perf_counter()
    state.calls[name] += 1
    error = ""
    try:
        await _faults(state, request)
        response = await call()
        if state.faults.drop_answer and name in _KEEPING:
            error = "answer dropped"
            _cut(request)
    except SlackRefusalError as refusal:
        error = refusal.error
        response = refuse(refusal)
    if error:
        state.errors[error] += 1
    state.last = {"call": name, "status": response.status_code, "error": error or None, "at": now()}
    took: dict[str, Any] = {"seconds": round(time.perf_counter() - began, 4)}
    _log.info("answered", extra={**state.last, **took})
    return response


def _check_token(state: SlackState, request: Request, arguments: dict[str, Any]) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = given.strip() if scheme.lower() == "bearer" else text_of(arguments, "token")
    if not token:
        raise SlackRefusalError("not_authed")
    if not hmac.compare_digest(token.encode(), state.token.encode()):
        raise SlackRefusalError("invalid_auth")


async def _faults(state: SlackState, request: Request) -> None:
    await request.body()
    while state.faults.hang:
        if await request.is_disconnected():
            raise SlackRefusalError("client_left", status=499)
        await asyncio.sleep(_HANG_POLL_S)
    faults = state.faults
    if faults.latency_s:
        await asyncio.sleep(faults.latency_s)
    if faults.down:
        raise SlackRefusalError("service_unavailable", status=503)
    if faults.error_rate and state.dice.random() < faults.error_rate:
        raise SlackRefusalError("internal_error", status=500)


def _cut(request: Request) -> None:
    """Close the connection without an answer, as a crash between keeping and answering would."""
    # ASGI has no word for this; uvicorn's request cycle holds the socket.
    cycle = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise SlackRefusalError("answer_dropped", status=500)
    transport.abort()
