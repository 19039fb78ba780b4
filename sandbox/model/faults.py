"""Failures on request: what `/_sandbox/faults` sets and every API request obeys."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sandbox.model.problems import ApiError, bad_value

ENDPOINTS = ("chat", "embeddings", "models")
_STATUSES = (400, 401, 408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Faults:
    """What goes wrong at one endpoint.

    Attributes:
        error_rate: The share of the requests answered with `status`.
        status: That status.
        retry_after_s: Retry-After of a 429 or 503.
        latency_scale: Times the drawn latency.
        fixed_latency_s: Instead of the drawn latency; also for endpoints that draw none.
        hang: Never answer.
        malformed_rate: The share of the chat answers whose content breaks off in the middle.
    """

    error_rate: float = 0.0
    status: int = 500
    retry_after_s: float = 1.0
    latency_scale: float = 1.0
    fixed_latency_s: float | None = None
    hang: bool = False
    malformed_rate: float = 0.0


NO_FAULTS = Faults()


class FaultBoard:
    """The faults of every endpoint and the seeded dice that decide whom they hit."""

    def __init__(self, *, seed: int = 0) -> None:
        self._faults: dict[str, Faults] = dict.fromkeys(ENDPOINTS, NO_FAULTS)
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret

    def of(self, endpoint: str) -> Faults:
        """Return what goes wrong at `endpoint`."""
        return self._faults[endpoint]

    def shown(self) -> dict[str, dict[str, Any]]:
        """Return all faults, by endpoint."""
        return {endpoint: asdict(faults) for endpoint, faults in self._faults.items()}

    def clear(self) -> None:
        """Make everything work again."""
        self._faults = dict.fromkeys(ENDPOINTS, NO_FAULTS)

    def set(self, body: object) -> None:
        """Replace the faults: fields at the top are for every endpoint, those under an endpoint's name for it alone."""
        if not isinstance(body, dict):
            raise bad_value("body", "The faults must be a JSON object.")
        common = {key: value for key, value in body.items() if key not in ENDPOINTS}
        base = _read(common, NO_FAULTS)
        faults = dict.fromkeys(ENDPOINTS, base)
        for endpoint in ENDPOINTS:
            own = body.get(endpoint, {})
            if not isinstance(own, dict):
                raise bad_value(endpoint, f"The faults of '{endpoint}' must be a JSON object.")
            faults[endpoint] = _read(own, base)
        self._faults = faults

    def hits(self, rate: float) -> bool:
        """Return whether a fault with this rate hits the next request."""
        return rate > 0 and self._random.random() < rate

    def raise_error(self, endpoint: str) -> None:
        """Refuse the request if the dice say so.

        Raises:
            ApiError: With the status set for the endpoint.
        """
        faults = self.of(endpoint)
        if self.hits(faults.error_rate):
            raise failure(faults)


def failure(faults: Faults) -> ApiError:
    """Return the refusal that these faults ask for."""
    again = f"{faults.retry_after_s:g}"
    headers = {"retry-after": again, "retry-after-ms": f"{faults.retry_after_s * 1000:.0f}"}
    match faults.status:
        case 429:
            return ApiError(
                f"Rate limit reached (a fault on request). Please try again in {again}s.",
                status=429, type="requests", code="rate_limit_exceeded", headers=headers,
            )  # fmt: skip
        case 503:
            return ApiError(
                "The engine is currently overloaded (a fault on request).",
                status=503, type="service_unavailable_error", headers=headers,
            )  # fmt: skip
        case status if status >= 500:
            return ApiError("The server had an error (a fault on request).", status=status, type="server_error")
        case status:
            return ApiError("Refused (a fault on request).", status=status)


def _read(given: dict[str, Any], base: Faults) -> Faults:
    known = {field.name for field in fields(Faults)}
    if unknown := sorted(set(given) - known):
        raise bad_value(unknown[0], f"Unknown fault '{unknown[0]}'. Known: {', '.join(sorted(known))}.")
    for name, value in given.items():
        if not _valid(name, value):
            raise bad_value(name, f"Fault '{name}' cannot be {value!r}.")
    return replace(base, **given)


def _valid(name: str, value: object) -> bool:
    if name == "hang":
        return isinstance(value, bool)
    if name == "fixed_latency_s" and value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name == "status":
        return value in _STATUSES
    if name.endswith("_rate"):
        return 0 <= value <= 1
    return 0 <= value <= 3600
