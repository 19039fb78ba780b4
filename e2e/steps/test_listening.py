"""Nothing of a running sandbox can be reached from another machine."""

from __future__ import annotations

from e2e.pipeline import Pipeline


def test_nothing_listens_off_loopback(pipeline: Pipeline) -> None:
    # All parts that listen at all have been used by then, so that none opens its socket later.
    [sent] = pipeline.send('{"level":"ERROR","service":"ports","message":"who listens on the other side of the door"}')
    steps = pipeline.trace(sent["record_id"], wait_s=60)
    assert {number: step["state"] for number, step in steps.items() if step["state"] not in {"ok", "skipped"}} == {}
    found = pipeline.listening()
    assert len(pipeline.ports()) >= 6
    assert pipeline.ports() <= {one.port for one in found}
    assert [one for one in found if not one.is_on_loopback] == []
