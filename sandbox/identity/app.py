"""The HTTP side: `GET /v1/credentials` as SDKs call it, health on `/_sandbox/health`."""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.identity import tokens
from sandbox.identity.agent import Agent, IdentityError

log = logging.getLogger(__name__)


def create_app(agent: Agent, folder: Path) -> Starlette:
    """Return the application; `folder` holds the tokens."""
    faults: dict[str, str] = {}

    def credentials(request: Request) -> JSONResponse:
        account = tokens.holder(folder, request.headers.get("authorization", ""))
        if not account:
            return JSONResponse({"code": "AccessDenied", "message": "this token was issued to nobody"}, 401)
        try:
            given = agent.credentials(account)
        except IdentityError as error:
            faults[account] = error.message
            log.warning("no credentials", extra={"service_account": account, "error": str(error)})
            return JSONResponse({"code": "AccessDenied", "message": str(error)}, 403)
        faults.pop(account, None)
        log.info("credentials given", extra={"service_account": account, "until": given["Expiration"]})
        return JSONResponse(given)

    def health(_request: Request) -> JSONResponse:
        found = list(faults.values())
        return JSONResponse({"status": "failing", "last_error": "; ".join(found)} if found else {"status": "ok"})

    return Starlette(routes=[Route("/v1/credentials", credentials), Route("/_sandbox/health", health)])
