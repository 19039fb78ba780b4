"""Step 8 stands on vectors that know meaning: the model's own, asked for over its API as the consumer does."""

from __future__ import annotations

import math

import pytest

from e2e.pipeline import Pipeline

ERROR = "no free connection in the database pool after 30 seconds"
NEAR = "could not obtain a connection, all slots to postgres are taken"
FAR = "the TLS certificate of the gateway has expired"


def _vectors(pipeline: Pipeline, *texts: str) -> list[list[float]]:
    answer = pipeline.model.embeddings.create(model=pipeline.milvus_embedding_model(), input=list(texts))
    return [item.embedding for item in answer.data]


def _cosine(left: list[float], right: list[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))


def test_the_same_in_other_words_is_nearer_than_something_else(pipeline: Pipeline) -> None:
    error, near, far = _vectors(pipeline, ERROR, NEAR, FAR)
    assert math.hypot(*error) == pytest.approx(1, abs=1e-4)
    assert _cosine(error, near) > _cosine(error, far) + 0.1


def test_a_vector_does_not_depend_on_its_batch(pipeline: Pipeline) -> None:
    together, *_ = _vectors(pipeline, ERROR, FAR)
    [alone] = _vectors(pipeline, ERROR)
    assert alone == together


def test_a_text_longer_than_the_model_reads_is_counted_whole_and_has_a_vector(pipeline: Pipeline) -> None:
    text = "word " * 1000
    answer = pipeline.model.embeddings.create(model=pipeline.milvus_embedding_model(), input=text)
    assert answer.usage.prompt_tokens > 1000
    assert len(answer.data[0].embedding) == len(_vectors(pipeline, ERROR)[0])
