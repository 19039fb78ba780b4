from __future__ import annotations

import json
from typing import Any

from fakes import log_line
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from cali_consumer.alert import Alert, alert_of
from cali_consumer.alerts import Message, render
from cali_consumer.analysis import Analysis, prompt
from cali_consumer.past_incidents import PastIncident
from cali_consumer.record import LogRecord
from cali_consumer.rule import Verdict


def alert(message: str = "disk full", **fields: Any) -> Alert:
    record = LogRecord(**log_line(message, trace_id="t-1", kubernetes={"pod_name": "pod-1"}))
    opened = alert_of(record, arrived_ns=10**19, received_at="r", validated_at="v", owner="me")
    return opened.model_copy(update=fields)


def incident(text: str = "e", similarity: float = 0.91) -> PastIncident:
    return PastIncident(id="INC-7", service="s", error_message=text, cause=text, resolution=text, similarity=similarity)


def text_of(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def test_everything_that_helps_is_there() -> None:
    analysis = Analysis(cause="CAUSE", immediate_action="ACT", prevention="PREVENT", confidence=0.83)
    full = alert(verdict=Verdict.FULL, incidents=[incident()], analysis=analysis, similarity=0.91)
    shown = text_of(render(full, link="https://logs.example.com/{record_id}/{trace_id}"))
    for part in (
        "ERROR",
        "checkout",
        "CAUSE",
        "ACT",
        "PREVENT",
        "83%",
        "INC-7",
        "0.91",
        "t-1",
        "pod-1",
        full.record_id,
    ):
        assert part in shown
    assert f"https://logs.example.com/{full.record_id}/t-1" in shown


def test_nothing_in_a_log_mentions_anybody() -> None:
    shown = render(alert("<!channel> <@U123> <https://evil.example|click> &amp;"))
    assert "<!channel>" not in text_of(shown)
    assert "<!channel>" not in shown.text
    assert "&lt;!channel&gt;" in shown.text


@given(st.text(max_size=4000) | st.text("&<>`", min_size=2900, max_size=4000), st.text(max_size=300))
def test_any_text_makes_blocks_that_slack_takes(text: str, short: str) -> None:
    analysis = Analysis(cause=text or "c", immediate_action=text or "a", prevention=text or "p", confidence=1)
    fields = {"verdict": Verdict.FULL, "incidents": [incident(text)] * 5, "similarity": 0.9}
    for shown in (
        render(
            alert(text, **fields, analysis=analysis, service=short or "s", trace_id=short),
            mark="may repeat",
            link="https://x.example/{trace_id}",
        ),
        render(alert(text, **fields)),
        render(alert(text, verdict=Verdict.DEGRADED, degraded=text)),
    ):
        assert len(shown.text) <= 3100
        assert len(shown.blocks) <= 50
        for block in Block.parse_all(shown.blocks):
            block.validate_json()
        for block in shown.blocks:
            for part in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]:
                assert part is None or 1 <= len(part["text"]) <= (150 if block["type"] == "header" else 3000)
            assert all(len(part["text"]) <= 2000 for part in block.get("fields", []))


def test_the_prompt_is_the_contract() -> None:
    system, user = prompt("s", "ERROR", "m", None, [incident()])
    assert system["role"] == "system"
    question = json.loads(user["content"])
    assert set(question) == {"error", "past_incidents"}
    assert set(question["error"]) == {"service", "level", "message", "stack_trace"}
    assert set(question["past_incidents"][0]) == {"id", "service", "error_message", "cause", "resolution", "similarity"}
