"""The health endpoint."""

from __future__ import annotations

import threading

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.shipper.engine import Engine


def serve(engine: Engine, host: str, port: int) -> uvicorn.Server:
    """Answer `GET /_sandbox/health` from a thread of its own, until the returned server is told to exit."""

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", **engine.health()})

    app = Starlette(routes=[Route("/_sandbox/health", health)])
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_config=None, log_level="warning", lifespan="off")
    )
    threading.Thread(target=server.run, name="health", daemon=True).start()
    return server
