"""POST /v1/chat/completions."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sandbox.model.answer import content
from sandbox.model.chat_request import CONTEXT_TOKENS, ChatRequest, read_request
from sandbox.model.embedder import Embedder
from sandbox.model.gate import read_json
from sandbox.model.problems import bad_value
from sandbox.model.state import ModelState

FINGERPRINT = "fp_cali_stand_in"
# What the roles and separators of a message add to its own tokens.
_MESSAGE_TOKENS = 4
# A hosted model shows its first words after about this share of the whole time.
_FIRST_WORDS = 0.4
_PIECE = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True)
class _Completion:
    """The text, why it ends, and the tokens it took."""

    text: str
    finish: str
    usage: dict[str, Any]


async def chat(state: ModelState, request: Request) -> Response:
    """Answer one chat request after the time a hosted model would take."""
    began = time.perf_counter()
    seconds = _seconds(state)
    wanted = read_request(await read_json(request), state.chat_models)
    loop = asyncio.get_running_loop()
    done = await loop.run_in_executor(state.executor, _complete, wanted, state.embedder)
    if state.faults.hits(state.faults.of("chat").malformed_rate):
        state.counters.faults += 1
        done = replace(done, text=done.text[: len(done.text) // 2])
    state.counters.used(done.usage)
    left = seconds - (time.perf_counter() - began)
    head: dict[str, Any] = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": wanted.model,
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }
    if wanted.stream:
        pieces = _pieces(wanted, head, done, max(left, 0.0))
        return StreamingResponse(pieces, media_type="text/event-stream", headers={"cache-control": "no-cache"})
    await asyncio.sleep(max(left, 0.0))
    message: dict[str, Any] = {"role": "assistant", "content": done.text, "refusal": None, "annotations": []}
    choices = [
        {"index": index, "message": message, "logprobs": None, "finish_reason": done.finish}
        for index in range(wanted.choices)
    ]
    return JSONResponse({"object": "chat.completion", **head, "choices": choices, "usage": done.usage})


def _seconds(state: ModelState) -> float:
    faults = state.faults.of("chat")
    if faults.fixed_latency_s is not None:
        return faults.fixed_latency_s
    # Drawn for every request, also a refused one, so that a seed gives each request its time whatever the others did.
    return state.latency.sample() * faults.latency_scale if state.latency else 0.0


def _complete(wanted: ChatRequest, embedder: Embedder) -> _Completion:
    prompt_tokens = sum(embedder.count_tokens(message.text) + _MESSAGE_TOKENS for message in wanted.messages)
    if prompt_tokens > CONTEXT_TOKENS:
        raise bad_value(
            "messages",
            f"This model's maximum context length is {CONTEXT_TOKENS} tokens. However, your messages resulted in "
            f"{prompt_tokens} tokens. Please reduce the length of the messages.",
            "context_length_exceeded",
        )
    text, finish = _cut(content(wanted, embedder), wanted.most_tokens, embedder)
    completion_tokens = embedder.count_tokens(text) * wanted.choices
    usage = {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
    return _Completion(text, finish, usage)


def _cut(text: str, most: int | None, embedder: Embedder) -> tuple[str, str]:
    if most is None or embedder.count_tokens(text) <= most:
        return text, "stop"
    kept, used = [], 0
    for piece in _PIECE.findall(text):
        used += embedder.count_tokens(piece)
        if used > most:
            break
        kept.append(piece)
    return "".join(kept), "length"


async def _pieces(wanted: ChatRequest, head: dict[str, Any], done: _Completion, seconds: float) -> AsyncIterator[str]:
    """Yield the server-sent events of a streamed answer, spread over its time."""
    head = {"object": "chat.completion.chunk", **head}
    # With usage asked for, every piece but the last carries a null.
    blank = {"usage": None} if wanted.stream_usage else {}

    def event(index: int, delta: dict[str, Any], reason: str | None = None) -> str:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
        return f"data: {json.dumps({**head, 'choices': [choice], **blank}, ensure_ascii=False)}\n\n"

    words = _PIECE.findall(done.text)
    await asyncio.sleep(seconds * _FIRST_WORDS)
    for index in range(wanted.choices):
        yield event(index, {"role": "assistant", "content": "", "refusal": None})
    pause = seconds * (1 - _FIRST_WORDS) / max(len(words), 1)
    for word in words:
        for index in range(wanted.choices):
            yield event(index, {"content": word})
        await asyncio.sleep(pause)
    for index in range(wanted.choices):
        yield event(index, {}, done.finish)
    if wanted.stream_usage:
        yield f"data: {json.dumps({**head, 'choices': [], 'usage': done.usage})}\n\n"
    yield "data: [DONE]\n\n"
