"""What tests and people ask of the stand-in itself: `/_sandbox/...`, and the page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.slack.arguments import json_object
from sandbox.slack.faults import Faults, read_faults
from sandbox.slack.feed import fragment, page
from sandbox.slack.refusals import SlackRefusalError
from sandbox.slack.state import SlackState


def routes(state: SlackState) -> list[Route]:
    """Return the routes."""

    async def health(_: Request) -> JSONResponse:
        return JSONResponse(_health(state))

    async def messages(request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return JSONResponse({"ok": False, "error": "invalid_since"}, status_code=400)
        return JSONResponse([message.kept() for message in state.store.since(int(since))])

    async def faults(request: Request) -> Response:
        try:
            if request.method == "PUT":
                state.faults = read_faults(json_object(await request.body()))
        except SlackRefusalError as refusal:
            return JSONResponse(refusal.body(), status_code=400)
        if request.method == "DELETE":
            state.faults = Faults()
        return JSONResponse(asdict(state.faults))

    async def feed(_: Request) -> HTMLResponse:
        return HTMLResponse(page(state.store.since(0)))

    async def newest(_: Request) -> HTMLResponse:
        return HTMLResponse(fragment(state.store.since(0)))

    return [
        Route("/", feed, methods=["GET"]),
        Route("/_sandbox/health", health, methods=["GET"]),
        Route("/_sandbox/messages", messages, methods=["GET"]),
        Route("/_sandbox/faults", faults, methods=["GET", "PUT", "DELETE"]),
        Route("/_sandbox/feed", newest, methods=["GET"]),
    ]


def _health(state: SlackState) -> dict[str, Any]:
    kept = state.store.since(0)
    return {
        "status": "ok",
        "nature": "stand-in",
        "messages": len(state.store),
        "kept": len(kept),
        "updates": sum(len(message.updates) for message in kept),
        "calls": dict(state.calls),
        "errors": dict(state.errors),
        "channels": state.channels.names,
        "last_message_at": kept[-1].received_at if kept else None,
        "last_call": state.last,
    }
