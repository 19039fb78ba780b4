"""The API key of a request."""

from __future__ import annotations

import hmac

from sandbox.model.problems import ApiError


def check_key(authorization: str | None, expected: str) -> None:
    """Refuse a request whose `Authorization` header does not carry the key.

    Raises:
        ApiError: 401, as the OpenAI API answers it.
    """
    scheme, _, given = (authorization or "").partition(" ")
    given = given.strip()
    if scheme.lower() != "bearer" or not given:
        raise ApiError(
            "You didn't provide an API key. Send it in an Authorization header: Bearer YOUR_KEY.", status=401
        )
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ApiError(f"Incorrect API key provided: {_masked(given)}.", status=401, code="invalid_api_key")


def _masked(key: str) -> str:
    """Return the key with all but its ends hidden: an answer ends up in logs."""
    return f"{key[:3]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * 8
