"""Settings that an `up` is asked for by the environment, besides ports, and what an instance remembers of them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from sandbox.errors import UsageError
from sandbox.services.slack import asked_rate

#: How many shards the stream is to have: as many as an `up` last asked for, else as in production.
SHARDS_VARIABLE = "CALI_SHARDS"
_MOST_SHARDS = 64

#: What they are remembered as; the first is the variable of `terraform/` too.
_SHARDS, _RATE = "shard_count", "slack_rate"


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What is asked for, by what it is remembered as; raises UsageError for what is none."""
    shards, rate = environment.get(SHARDS_VARIABLE), asked_rate(environment)
    if shards and (not shards.isdecimal() or not 1 <= int(shards) <= _MOST_SHARDS):
        raise UsageError(f"{SHARDS_VARIABLE} is {shards!r}", hint=f"use a number from 1 to {_MOST_SHARDS}")
    return {name: value for name, value in ((_SHARDS, shards), (_RATE, rate)) if value}


def remember(environment: Mapping[str, str], memory: MutableMapping[str, str]) -> None:
    """Keep what this `up` was asked for: the shards until others are, the rate until the next `up`."""
    memory.pop(_RATE, None)
    memory.update(settings(environment))


def rate(memory: Mapping[str, str]) -> str | None:
    """The messages a second that the last `up` was asked for; None for Slack's own pace."""
    return memory.get(_RATE)


def is_met(environment: Mapping[str, str], memory: Mapping[str, str]) -> bool:
    """Whether what runs is what an `up` with this environment would have."""
    wanted = settings(environment)
    return rate(memory) == wanted.get(_RATE) and all(memory.get(name) == value for name, value in wanted.items())


def variables(environment: Mapping[str, str], memory: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Variables of `terraform/`, as they are asked for or remembered."""
    found = settings(environment).get(_SHARDS) or memory.get(_SHARDS)
    return ((_SHARDS, int(found)),) if found else ()
