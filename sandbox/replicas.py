"""A part that runs once or several times, asked as one: every replica's answer, and a consumer's answers summed up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

_TIMEOUT_S = 3.0


class Replicas(Protocol):
    """The running replicas of a part."""

    def get(self, path: str) -> list[dict[str, Any]]:
        """The JSON object that each replica answers to GET `path`; raises what StoreFault lists when one does not."""
        ...


@dataclass(frozen=True)
class OneServer:
    """A part that runs once, at an address of this machine.

    Attributes:
        address: The address.
    """

    address: str
    _http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=_TIMEOUT_S, trust_env=False), compare=False, repr=False
    )

    def get(self, path: str) -> list[dict[str, Any]]:
        """Its answer."""
        answer = self._http.get(f"{self.address}{path}")
        answer.raise_for_status()
        return [dict(answer.json())]


def consumers(statuses: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several consumers say of themselves, as one: all shards, summed counters, the newest of each event.

    A dependency is ok when it is for every replica that has tried it.
    """
    merged: dict[str, Any] = {"shards": {}, "counters": {}, "last": {}, "dependencies": {}}
    for status in statuses:
        merged["shards"] |= status.get("shards", {})
        for name, count in status.get("counters", {}).items():
            merged["counters"][name] = merged["counters"].get(name, 0) + count
        _keep(merged["last"], status.get("last", {}), lambda new, old: _at(new) > _at(old))
        _keep(merged["dependencies"], status.get("dependencies", {}), lambda new, old: old["ok"] and not new["ok"])
    return merged


def _keep(kept: dict[str, Any], found: dict[str, Any], better: Callable[[Any, Any], bool]) -> None:
    for name, value in found.items():
        if name not in kept or better(value, kept[name]):
            kept[name] = value


def _at(event: Any) -> str:
    """When an event was: it is a time, or holds one; the empty string sorts before every time."""
    return str(event.get("at", "") if isinstance(event, dict) else event or "")
