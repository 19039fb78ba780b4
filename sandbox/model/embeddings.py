"""POST /v1/embeddings."""

from __future__ import annotations

import asyncio
import base64
from array import array
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sandbox.model.embedder import Embedder, shortened
from sandbox.model.problems import ApiError, bad_value, missing, unknown_model

MAX_INPUTS = 2048
MAX_INPUT_TOKENS = 8192
MAX_REQUEST_TOKENS = 300_000
_FIELDS = frozenset({"input", "model", "dimensions", "encoding_format", "user"})
# A long batch gives way to other requests after this many texts.
_TURN = 8


@dataclass(frozen=True)
class EmbeddingRequest:
    """A checked request."""

    texts: list[str]
    dimensions: int
    as_base64: bool


def read_request(body: dict[str, Any], embedder: Embedder) -> EmbeddingRequest:
    """Return the request, or refuse it as OpenAI would.

    Raises:
        ApiError: What is wrong with it.
    """
    if unknown := sorted(set(body) - _FIELDS):
        raise ApiError(f"Unrecognized request argument supplied: {unknown[0]}")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise missing("model")
    # Vectors of two models do not compare, and a similarity threshold belongs to one model: no aliases here.
    if model != embedder.name:
        raise unknown_model(model, [embedder.name])
    encoding = body.get("encoding_format") or "float"
    if encoding not in ("float", "base64"):
        raise bad_value("encoding_format", f"Invalid value: '{encoding}'. Supported values are: 'float' and 'base64'.")
    return EmbeddingRequest(
        texts=_texts(body), dimensions=_dimensions(body, embedder.dimension), as_base64=encoding == "base64"
    )


async def answer(request: EmbeddingRequest, embedder: Embedder, executor: Executor) -> dict[str, Any]:
    """Return the answer; the computing is left to the executor."""
    loop = asyncio.get_running_loop()
    tokens = await loop.run_in_executor(executor, _count, request.texts, embedder)
    vectors: list[list[float]] = []
    for start in range(0, len(request.texts), _TURN):
        vectors += await loop.run_in_executor(executor, embedder.embed, request.texts[start : start + _TURN])
    if request.dimensions < embedder.dimension:
        vectors = [shortened(vector, request.dimensions) for vector in vectors]
    data = [
        {"object": "embedding", "index": index, "embedding": _base64(vector) if request.as_base64 else vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": embedder.name, "usage": usage}


def _texts(body: dict[str, Any]) -> list[str]:
    if "input" not in body:
        raise missing("input")
    given = body["input"]
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise bad_value("input", "'input' must be a string or a list of strings, and not be empty.")
    if len(texts) > MAX_INPUTS:
        raise bad_value(
            "input", f"Invalid 'input': at most {MAX_INPUTS} items, got {len(texts)}.", "array_above_max_length"
        )
    if any(isinstance(text, int | list) for text in texts):
        raise bad_value("input", "This stand-in embeds text; token ids of another tokenizer mean nothing to it.")
    if not all(isinstance(text, str) and text for text in texts):
        raise bad_value("input", "'input' must hold strings, none of them empty.")
    return texts


def _dimensions(body: dict[str, Any], most: int) -> int:
    wanted = body.get("dimensions")
    if wanted is None:
        return most
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise bad_value("dimensions", "'dimensions' must be a whole number of at least 1.")
    if wanted > most:
        raise bad_value(
            "dimensions", f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {most}."
        )
    return wanted


def _count(texts: list[str], embedder: Embedder) -> int:
    counts = [embedder.count_tokens(text) for text in texts]
    if max(counts) > MAX_INPUT_TOKENS:
        raise bad_value(
            "input",
            f"This model's maximum context length is {MAX_INPUT_TOKENS} tokens, "
            f"however you requested {max(counts)} tokens. Please reduce your prompt.",
            "context_length_exceeded",
        )
    if sum(counts) > MAX_REQUEST_TOKENS:
        raise bad_value(
            "input",
            f"Requested {sum(counts)} tokens, max {MAX_REQUEST_TOKENS} tokens per request.",
            "max_tokens_per_request",
        )
    return sum(counts)


def _base64(vector: list[float]) -> str:
    """Return the numbers as little-endian float32, which is what the client's default asks for."""
    numbers = array("f", vector)
    if memoryview(numbers).itemsize != 4:  # pragma: no cover - every platform of Python has 4
        raise RuntimeError("array('f') is not float32 here")
    return base64.b64encode(numbers.tobytes()).decode("ascii")
