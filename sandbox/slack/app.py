"""The routes of the Slack stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.slack import control
from sandbox.slack.gate import incoming, web_api
from sandbox.slack.state import SlackState


def create_app(state: SlackState) -> Starlette:
    """Return the ASGI application."""

    async def api(request: Request) -> Response:
        return await web_api(state, request)

    async def hook(request: Request) -> Response:
        return await incoming(state, request)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        state.store.close()

    return Starlette(
        routes=[
            Route("/api/{method}", api, methods=["GET", "POST"]),
            Route("/services/{team}/{bot}/{secret}", hook, methods=["POST"]),
            *control.routes(state),
        ],
        lifespan=lifespan,
    )
