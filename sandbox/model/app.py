"""The routes of the model stand-in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.model import embeddings
from sandbox.model.chat import chat
from sandbox.model.gate import gated, read_json
from sandbox.model.imperative import imperative
from sandbox.model.problems import ApiError, unknown_model
from sandbox.model.state import ModelState

OWNER = "cali-sandbox (stand-in)"
_STARTED = int(time.time())


def create_app(state: ModelState) -> Starlette:
    """Return the ASGI application."""

    async def health(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "status": "ok",
                "nature": "stand-in",
                "embedding_model": state.embedder.name,
                "dimension": state.embedder.dimension,
                "chat_models": list(state.chat_models),
                "latency": "realistic" if state.latency else "none",
                **state.counters.shown(),
            }
        )

    async def faults(request: Request) -> JSONResponse:
        try:
            if request.method == "PUT":
                state.faults.set(await read_json(request))
        except ApiError as problem:
            return problem.response()
        if request.method == "DELETE":
            state.faults.clear()
        return JSONResponse(state.faults.shown())

    async def unknown(request: Request, _: Exception) -> JSONResponse:
        return ApiError(
            f"Unknown request URL: {request.method} {request.url.path}.", status=404, code="unknown_url"
        ).response()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # The first request should not pay for what is loaded on first use; health answers meanwhile.
        state.executor.submit(_warm_up, state)
        yield
        state.executor.shutdown(wait=False, cancel_futures=True)

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/v1/embeddings", gated(state, "embeddings", _embeddings), methods=["POST"]),
            Route("/v1/chat/completions", gated(state, "chat", chat), methods=["POST"]),
            Route("/v1/models", gated(state, "models", _models), methods=["GET"]),
            Route("/v1/models/{model:path}", gated(state, "models", _model), methods=["GET"]),
            Route("/_sandbox/health", health, methods=["GET"]),
            Route("/_sandbox/faults", faults, methods=["GET", "PUT", "DELETE"]),
        ],
        exception_handlers={404: unknown, 405: unknown},
    )


def _warm_up(state: ModelState) -> None:
    state.embedder.embed(["the first text"])
    imperative("Loaded the dictionary")


async def _embeddings(state: ModelState, request: Request) -> Response:
    wanted = embeddings.read_request(await read_json(request), state.embedder)
    answer = await embeddings.answer(wanted, state.embedder, state.executor)
    state.counters.used(answer["usage"])
    return JSONResponse(answer)


async def _models(state: ModelState, _: Request) -> Response:
    return JSONResponse({"object": "list", "data": [_card(name) for name in _served(state)]})


async def _model(state: ModelState, request: Request) -> Response:
    name = request.path_params["model"]
    if name not in _served(state):
        raise unknown_model(name, _served(state))
    return JSONResponse(_card(name))


def _served(state: ModelState) -> list[str]:
    return [*state.chat_models, state.embedder.name]


def _card(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": _STARTED, "owned_by": OWNER}
