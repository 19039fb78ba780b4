"""Several consumers are told as one."""

from __future__ import annotations

from typing import Any

from sandbox.replicas import consumers


def _status(**parts: Any) -> dict[str, Any]:
    return {"consumer_id": "c", "shards": {}, "counters": {}, "last": {}, "dependencies": {}, **parts}


def test_one_consumer_is_told_as_it_is() -> None:
    one = _status(
        shards={"s-0": {"millis_behind": 3}},
        counters={"read": 5},
        last={"poll": "2026-01-01T00:00:00Z", "search": None},
        dependencies={"kinesis": {"ok": True, "error": None}},
    )
    assert consumers([one]) == {name: one[name] for name in ("shards", "counters", "last", "dependencies")}


def test_shards_are_joined_and_counters_summed() -> None:
    merged = consumers(
        [
            _status(shards={"s-0": {"millis_behind": 1}}, counters={"read": 2, "valid": 1}),
            _status(shards={"s-1": {"millis_behind": 9}}, counters={"read": 3}),
        ]
    )
    assert merged["shards"] == {"s-0": {"millis_behind": 1}, "s-1": {"millis_behind": 9}}
    assert merged["counters"] == {"read": 5, "valid": 1}


def test_the_newest_event_and_the_broken_dependency_count() -> None:
    older, newer = {"at": "2026-01-01T00:00:00Z", "incident_id": 1}, {"at": "2026-01-02T00:00:00Z", "incident_id": 2}
    good, bad = {"ok": True, "error": None}, {"ok": False, "error": "refused"}
    for order in (1, -1):
        merged = consumers(
            [
                _status(last={"search": older, "poll": "2026-01-01"}, dependencies={"milvus": good}),
                _status(last={"search": newer, "poll": None}, dependencies={"milvus": bad}),
            ][::order]
        )
        assert merged["last"] == {"search": newer, "poll": "2026-01-01"}
        assert merged["dependencies"]["milvus"] == bad
