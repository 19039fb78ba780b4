"""The HTTP side: AWS JSON 1.1 on `/`, health on `/_sandbox/health`."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.firehose.errors import FirehoseApiError, SerializationError, UnknownOperationError
from sandbox.firehose.manager import Manager
from sandbox.firehose.operations import Operations
from sandbox.firehose.validation import service_model, validate

log = logging.getLogger(__name__)
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")
_CONTENT_TYPE = "application/x-amz-json-1.1"


def create_app(manager: Manager, operations: Operations, region: str, on_stop: Callable[[], None]) -> Starlette:
    """Return the application; it starts the pipelines, and stops them when it is stopped."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(manager.start)
        try:
            yield
        finally:
            await run_in_threadpool(on_stop)

    async def api(request: Request) -> Response:
        body = await request.body()
        try:
            target = request.headers.get("x-amz-target", "")
            answer = await run_in_threadpool(_answer, operations, target, body, _region(request, region))
        except FirehoseApiError as error:
            return _response({"__type": error.code, "message": error.message}, error.status)
        except Exception:  # the API's own answer to what nobody foresaw
            log.exception("a request failed")
            return _response({"__type": "InternalFailure", "message": "see the log of the local Firehose"}, 500)
        return _response(answer, 200)

    def health(_request: Request) -> Response:
        streams = manager.health()
        # An outage of a destination is that stream's alone: the process, and so the other stream, is well.
        faults = [f"{name}: {fault}" for name, stream in streams.items() for fault in stream["faults"]["inside"]]
        status = {"status": "failing", "last_error": "; ".join(faults)} if faults else {"status": "ok"}
        return JSONResponse({**status, "streams": streams})

    routes = [Route("/", api, methods=["POST"]), Route("/_sandbox/health", health, methods=["GET"])]
    return Starlette(routes=routes, lifespan=lifespan)


def _answer(operations: Operations, target: str, body: bytes, region: str) -> dict[str, Any]:
    service, _, operation = target.partition(".")
    if service != service_model().metadata["targetPrefix"] or operation not in service_model().operation_names:
        raise UnknownOperationError(f"{target or 'no X-Amz-Target'} is not an operation of Firehose")
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise SerializationError(f"the body is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise SerializationError("the body is not a JSON object")
    return operations.call(operation, validate(operation, request), region)


def _region(request: Request, default: str) -> str:
    """The region of the caller's signature, as every AWS endpoint has one."""
    match = _SCOPE.search(request.headers.get("authorization", ""))
    return match[1] if match else default


def _response(body: dict[str, Any], status: int) -> Response:
    headers = {"x-amzn-requestid": str(uuid.uuid4())}
    return Response(json.dumps(body), status, headers, media_type=_CONTENT_TYPE)
