"""The health endpoint."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.shipper.engine import Engine

#: A fault that is over before is a hiccup.
FAULT_GRACE_S = 5.0
#: The loop comes round many times a second; its longest stop is for the database of offsets.
STALL_S = 15.0


def problems(engine: Engine) -> list[str]:
    """What this process does not do as it should; an outage of Kinesis is not its own, and `failing_since` tells it."""
    found = [f"the thread '{output.title}' has ended" for output in engine.pipeline.outputs if output.dead()]
    now = datetime.now(UTC)
    found += [
        fault["message"]
        for fault in engine.counters.faults.values()
        if (now - datetime.fromisoformat(fault["since"])).total_seconds() >= FAULT_GRACE_S
    ]
    if engine.round_at is not None and (stalled := time.monotonic() - engine.round_at) > STALL_S:
        found.append(f"nothing has been read for {stalled:.0f} s: the loop stands still")
    return found


def serve(engine: Engine, host: str, port: int) -> uvicorn.Server:
    """Answer `GET /_sandbox/health` from a thread of its own, until the returned server is told to exit."""

    async def health(_request: Request) -> JSONResponse:
        found = problems(engine)
        status = {"status": "failing", "last_error": "; ".join(found)} if found else {"status": "ok"}
        return JSONResponse({**status, **engine.health()})

    app = Starlette(routes=[Route("/_sandbox/health", health)])
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_config=None, log_level="warning", lifespan="off")
    )
    threading.Thread(target=server.run, name="health", daemon=True).start()
    return server
