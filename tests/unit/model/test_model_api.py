from __future__ import annotations

import base64
import json
import math
import struct
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

import httpx
import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel, ValidationError

from sandbox.model.latency import LatencyDistribution
from sandbox.model.state import ModelState
from tests.unit.model.conftest import KEY, WordEmbedder

MODEL = "gpt-4o-mini"
ERROR = {
    "service": "checkout",
    "level": "ERROR",
    "message": "Timed out after 3000 ms calling pay-gateway",
    "stack_trace": "",
}
INCIDENT = {
    "id": "INC-9", "service": "billing", "error_message": "Timed out after 5 s calling tax-gateway", "similarity": 0.66,
    "cause": "tax-gateway was overloaded.", "resolution": "Scaled tax-gateway up. Added a circuit breaker alert.",
}  # fmt: skip


class Analysis(BaseModel):
    cause: str
    immediate_action: str
    prevention: str
    confidence: float


def messages(*incidents: dict[str, Any]) -> list[Any]:
    prompt = json.dumps({"error": ERROR, "past_incidents": list(incidents)})
    return [{"role": "system", "content": "Answer as JSON."}, {"role": "user", "content": prompt}]


def set_faults(address: str, **faults: Any) -> None:
    assert httpx.put(f"{address}/_sandbox/faults", json=faults).status_code == 200


def test_embeddings_come_as_the_client_asks_by_default(client: OpenAI) -> None:
    answer = client.embeddings.create(model="words-64", input=["pool is full", "the pool is full", "disk"])
    vectors = [one.embedding for one in answer.data]
    assert [len(vector) for vector in vectors] == [64] * 3
    assert math.hypot(*vectors[0]) == pytest.approx(1, abs=1e-5)
    assert [one.index for one in answer.data] == [0, 1, 2]
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == 8


def test_floats_and_base64_are_the_same_numbers(address: str) -> None:
    def ask(kind: str) -> Any:
        body = {"model": "words-64", "input": "pool is full", "encoding_format": kind}
        answer = httpx.post(f"{address}/v1/embeddings", json=body, headers={"authorization": f"Bearer {KEY}"})
        return answer.json()["data"][0]["embedding"]

    assert struct.unpack("<64f", base64.b64decode(ask("base64"))) == pytest.approx(ask("float"), abs=1e-6)


def test_dimensions_shorten_a_vector_to_unit_length(client: OpenAI) -> None:
    vector = (
        client.embeddings.create(model="words-64", input="many words in this text here", dimensions=16)
        .data[0]
        .embedding
    )
    assert len(vector) == 16
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"input": ""}, "invalid_value"),
        ({"input": []}, "invalid_value"),
        ({"input": ["a", ""]}, "invalid_value"),
        ({"input": [1, 2]}, "invalid_value"),
        ({"input": ["a"] * 2049}, "array_above_max_length"),
        ({"input": "a " * 8193}, "context_length_exceeded"),
        ({"input": "a", "dimensions": 65}, "invalid_value"),
        ({"input": "a", "encoding_format": "hex"}, "invalid_value"),
        ({"input": "a", "colour": "red"}, None),
        ({}, "missing_required_parameter"),
    ],
)
def test_wrong_embedding_requests_are_refused_in_the_apis_shape(
    address: str, wrong: dict[str, Any], code: str | None
) -> None:
    answer = httpx.post(
        f"{address}/v1/embeddings", json={"model": "words-64", **wrong}, headers={"authorization": f"Bearer {KEY}"}
    )
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.json()["error"]["code"] == code


def test_another_embedding_model_is_not_pretended(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.embeddings.create(model="text-embedding-3-small", input="a")
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize(("key", "code"), [("sk-wrong", "invalid_api_key"), (None, None)])
def test_a_wrong_or_missing_key_is_401(address: str, key: str | None, code: str | None) -> None:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    answer = httpx.get(f"{address}/v1/models", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code


def test_a_strict_schema_is_answered_and_parsed(client: OpenAI) -> None:
    answer = client.chat.completions.parse(model=MODEL, messages=messages(INCIDENT), response_format=Analysis)
    parsed = answer.choices[0].message.parsed
    assert parsed is not None
    assert "pay-gateway was overloaded" in parsed.cause
    assert parsed.immediate_action.startswith("Scale pay-gateway up")
    assert parsed.confidence == 0.66
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_another_schema_gets_another_answer(client: OpenAI) -> None:
    class Verdict(BaseModel):
        severity: Literal["minor", "major"]
        root_causes: list[str]

    answer = client.chat.completions.parse(model=MODEL, messages=messages(INCIDENT), response_format=Verdict)
    assert answer.choices[0].message.parsed is not None
    assert answer.choices[0].message.parsed.severity == "major"


def test_json_object_and_text_say_the_same(client: OpenAI) -> None:
    as_json = client.chat.completions.create(
        model=MODEL, messages=messages(INCIDENT), response_format={"type": "json_object"}
    )
    as_text = client.chat.completions.create(model=MODEL, messages=messages(INCIDENT))
    found = json.loads(as_json.choices[0].message.content or "")
    assert set(found) == {"cause", "immediate_action", "prevention", "confidence"}
    assert found["cause"] in (as_text.choices[0].message.content or "")


def test_a_stream_adds_up_to_the_whole_answer(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=messages(INCIDENT))
    stream = client.chat.completions.create(
        model=MODEL, messages=messages(INCIDENT), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage == whole.usage


def test_an_answer_is_cut_at_its_limit(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=messages(INCIDENT), max_completion_tokens=5)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens <= 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": []},
        {"messages": [{"role": "robot", "content": "a"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"temperature": 3},
        {"n": 0},
        {"response_format": {"type": "xml"}},
        {"response_format": {"type": "json_schema"}},
        {"response_format": {"type": "json_object"}},
        {"stream_options": {"include_usage": True}},
        {"colour": "red"},
    ],
)
def test_wrong_chat_requests_are_refused(address: str, wrong: dict[str, Any]) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}], **wrong}
    answer = httpx.post(f"{address}/v1/chat/completions", json=body, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_what_is_no_json_is_refused(address: str) -> None:
    answer = httpx.post(f"{address}/v1/embeddings", content=b"{", headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 400


def test_models_say_that_they_are_a_stand_in(client: OpenAI) -> None:
    found = {model.id: model.owned_by for model in client.models.list()}
    assert set(found) >= {"words-64", MODEL}
    assert all("stand-in" in owner for owner in found.values())
    assert client.models.retrieve("words-64").id == "words-64"


def test_an_unknown_address_has_the_apis_shape(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Unknown request URL"):
        client.post("/nowhere", cast_to=object)


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError)],
)
def test_errors_on_request(address: str, client: OpenAI, status: int, error: type[openai.APIStatusError]) -> None:
    set_faults(address, error_rate=1, status=status, retry_after_s=2)
    with pytest.raises(error) as refused:
        client.chat.completions.create(model=MODEL, messages=messages())
    assert refused.value.status_code == status
    if status == 429:
        assert refused.value.response.headers["retry-after"] == "2"
    httpx.delete(f"{address}/_sandbox/faults")
    client.chat.completions.create(model=MODEL, messages=messages())


def test_a_fault_can_be_one_endpoints_alone(address: str, client: OpenAI) -> None:
    set_faults(address, chat={"error_rate": 1})
    client.embeddings.create(model="words-64", input="a")
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model=MODEL, messages=messages())


def test_a_malformed_answer_cannot_be_parsed(address: str, client: OpenAI) -> None:
    set_faults(address, malformed_rate=1)
    with pytest.raises(ValidationError):
        client.chat.completions.parse(model=MODEL, messages=messages(INCIDENT), response_format=Analysis)


@pytest.mark.parametrize("wrong", [{"error_rat": 1}, {"error_rate": 2}, {"status": 200}, {"hang": 1}, {"chat": 1}, []])
def test_impossible_faults_are_refused(address: str, wrong: Any) -> None:
    assert httpx.put(f"{address}/_sandbox/faults", json=wrong).status_code == 400


def test_a_request_that_hangs_holds_up_no_other(address: str, client: OpenAI) -> None:
    set_faults(address, chat={"hang": True})
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.3).chat.completions.create(model=MODEL, messages=messages())
    client.embeddings.create(model="words-64", input="a")
    waiting = threading.Thread(target=lambda: client.chat.completions.create(model=MODEL, messages=messages()))
    waiting.start()
    set_faults(address)
    waiting.join(10)
    assert not waiting.is_alive()


def test_answers_wait_beside_each_other(serve: Callable[[ModelState], AbstractContextManager[str]]) -> None:
    slow = LatencyDistribution(((0, 0.5), (1, 0.5)))
    with serve(ModelState(embedder=WordEmbedder(), key=KEY, latency=slow)) as address:
        client = OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0)

        def ask() -> None:
            client.chat.completions.create(model=MODEL, messages=messages())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
    # One after the other they would take four seconds.
    assert 0.5 <= took < 2.5


def test_health_counts(address: str, client: OpenAI) -> None:
    client.embeddings.create(model="words-64", input="a")
    health = httpx.get(f"{address}/_sandbox/health").json()
    assert health["status"] == "ok"
    assert health["requests"] == {"embeddings": 1}
    assert health["last_request"]["endpoint"] == "embeddings"
    assert health["last_request"]["status"] == 200
    assert health["in_flight"] == 0
